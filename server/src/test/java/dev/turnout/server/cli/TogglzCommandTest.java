package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.ControlSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.jdbc.JDBCStateRepository;
import org.togglz.core.util.NamedFeature;
import picocli.CommandLine;

/** The table is made and filled by Togglz itself. */
class TogglzCommandTest {
    private static ServerFixture server;
    private static final Map<String, String> environment = new HashMap<>();

    private record Ran(int status, String out, String err) {}

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        ControlSettings settings = server.control.settings;
        environment.put("TURNOUT_SERVER", server.uri().toString());
        environment.put("TURNOUT_DATA", data.toString());
        environment.put("TURNOUT_DB_SHOP_URL", settings.jdbcUrl());
        environment.put("TURNOUT_DB_SHOP_USER", settings.user());
        environment.put("TURNOUT_DB_SHOP_PASSWORD", settings.secret());
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(settings.jdbcUrl());
        database.setUser(settings.user());
        database.setPassword(settings.secret());
        JDBCStateRepository togglz = new JDBCStateRepository(database);
        togglz.setFeatureState(new FeatureState(new NamedFeature("NEW_CHECKOUT"), true)
                .setStrategyId("username")
                .setParameter("users", "alice, bob"));
        togglz.setFeatureState(new FeatureState(new NamedFeature("OLD_SEARCH"), false));
        togglz.setFeatureState(new FeatureState(new NamedFeature("SLOWLY"), true)
                .setStrategyId("gradual")
                .setParameter("percentage", "30"));
        togglz.setFeatureState(new FeatureState(new NamedFeature("BY_SCRIPT"), true).setStrategyId("script"));
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void what_togglz_has_kept_becomes_flags_and_what_cannot_is_said(@TempDir Path dir) throws Exception {
        Ran printed = run("flag", "from-togglz", "--from", "shop");
        assertThat(printed.err())
                .contains("BY_SCRIPT: not imported")
                .contains("SLOWLY: the same share, but not of the same users");
        assertThat(printed.status()).as("one was left out").isEqualTo(1);
        Path file = Files.writeString(dir.resolve("flags.yaml"), printed.out());
        Ran applied = run("flag", "apply", "-f", file.toString(), "--reason", "from Togglz");
        assertThat(applied.status()).as(applied.err()).isZero();
        assertThat(run("flag", "list").out())
                .contains("NEW_CHECKOUT")
                .contains("OLD_SEARCH  100%  OFF")
                .contains("SLOWLY  30%  ON")
                .doesNotContain("BY_SCRIPT");
        assertThat(run("flag", "get", "NEW_CHECKOUT").out()).contains("alice, bob");
    }

    @Test
    void what_is_wrong_is_said_with_how_to_mend_it() {
        assertThat(run("flag", "from-togglz", "--from", "nowhere").err()).contains("TURNOUT_DB_<NAME>_URL");
        assertThat(run("flag", "from-togglz", "--from", "shop", "--table", "no; drop")
                        .err())
                .contains("--table is the name");
        Ran missing = run("flag", "from-togglz", "--from", "shop", "--table", "missing");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err()).contains("cannot read missing of shop");
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Turnout.commandLine(environment).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Ran(line.execute(arguments), out.toString(), err.toString());
    }
}
