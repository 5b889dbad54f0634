package dev.turnout.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\\)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Page.root().resolve("docs"))) {
            return Stream.concat(Stream.of(Page.root().resolve("README.md")), docs)
                    .filter(page -> page.toString().endsWith(".md"))
                    .toList();
        }
    }

    @Test
    void every_phase_is_explained_in_its_order() throws Exception {
        assertThat(Page.read("docs/operating.md").headings())
                .containsExactlyElementsOf(Arrays.stream(Phase.values())
                        .map(Enum::name)
                        .sorted(Comparator.comparing(PagesTest::place))
                        .toList());
    }

    /** FAILED is explained beside PAUSED, before the ways back. */
    private static int place(String phase) {
        List<String> order = Arrays.stream(Phase.values()).map(Enum::name).toList();
        return phase.equals(Phase.FAILED.name())
                ? 2 * order.indexOf(Phase.PAUSED.name()) + 1
                : 2 * order.indexOf(phase);
    }

    @Test
    void every_link_leads_somewhere() throws Exception {
        for (Path page : pages()) {
            assertThat(LINK.matcher(Files.readString(page)).results().map(link -> link.group(1)))
                    .as(page.toString())
                    .allSatisfy(link ->
                            assertThat(page.resolveSibling(link).normalize()).exists());
        }
    }

    @Test
    void every_page_is_found_from_the_readme() throws Exception {
        String readme = Files.readString(Page.root().resolve("README.md"));
        assertThat(pages()).allSatisfy(page -> assertThat(
                        page.endsWith("README.md") || readme.contains("docs/" + page.getFileName()))
                .as(page.toString())
                .isTrue());
    }
}
