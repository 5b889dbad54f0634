package dev.turnout.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The table in docs/api.md is made from the contract: with {@code -Dturnout.docs.write=true} this test writes it. */
class ApiPageTest {
    private static final String BEGIN = "<!-- made from openapi.yaml: begin -->\n";
    private static final String END = "<!-- made from openapi.yaml: end -->";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    @Test
    void every_operation_is_in_it() throws Exception {
        Path page = Page.root().resolve("docs/api.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        String table = table();
        if (Boolean.getBoolean("turnout.docs.write")) {
            Files.writeString(page, text.substring(0, begin) + table + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("docs/api.md is older than openapi.yaml: run this test once with -Dturnout.docs.write=true")
                .isEqualTo(table);
    }

    private static String table() throws IOException {
        StringBuilder table = new StringBuilder("| | path | what | roles |\n| --- | --- | --- | --- |\n");
        Path contract = Page.root().resolve("server/src/main/resources/openapi.yaml");
        Object read = new Load(
                        LoadSettings.builder().setMaxAliasesForCollections(1000).build())
                .loadFromString(Files.readString(contract));
        map(map(read).get("paths")).forEach((path, methods) -> map(methods).forEach((method, operation) -> {
            if (METHODS.contains(method)) {
                Map<String, Object> members = map(operation);
                table.append("| ")
                        .append(method.toUpperCase(Locale.ROOT))
                        .append(" | `")
                        .append(path)
                        .append("` | ")
                        .append(members.getOrDefault("summary", ""))
                        .append(" | ")
                        .append(String.join(", ", roles(members.get("x-roles"))))
                        .append(" |\n");
            }
        }));
        return table.toString();
    }

    private static List<String> roles(@Nullable Object roles) {
        return roles instanceof List<?> list
                ? list.stream()
                        .map(role -> String.valueOf(role).toLowerCase(Locale.ROOT))
                        .toList()
                : List.of("everybody");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<String, Object>) Objects.requireNonNull(value);
    }
}
