package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.server.ServerFixture;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private static ServerFixture server;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @BeforeEach
    void a_sound_installation() {
        environment.put("TURNOUT_CONFIG", server.data.resolve("none.yaml").toString());
        environment.put("TURNOUT_SERVER", server.uri().toString());
        environment.put("TURNOUT_DATA", server.data.toString());
        environment.put("TURNOUT_CONTROL_DB", server.control.settings.jdbcUrl());
        environment.put("TURNOUT_CONTROL_USER", server.control.settings.user());
        environment.put("TURNOUT_CONTROL_PASSWORD", server.control.settings.secret());
    }

    private void name(TestDatabase database) {
        environment.put("TURNOUT_DB_SHOP_URL", database.url());
        environment.put("TURNOUT_DB_SHOP_USER", database.user());
        environment.put("TURNOUT_DB_SHOP_PASSWORD", database.password());
    }

    private Cli.Ran run(String... arguments) {
        return new Cli(environment).run(arguments);
    }

    @Test
    void what_is_sound_is_said_so_one_by_one() throws Exception {
        try (TestDatabase shop = TestPostgres.newDatabase()) {
            name(shop);
            Cli.Ran ran = run("doctor");
            assertThat(ran.out())
                    .contains("ok       settings: they can be read")
                    .contains("ok       control database: its tables are of this version")
                    .contains("ok       database shop: version and rights suffice")
                    .contains("ok       database shop: its clock is ours")
                    .contains("ok       database shop: nothing has been migrated here")
                    .contains("it is ready: the control database answers")
                    .contains("ok       token: the server takes it");
            // The fixture's clock is set by the tests: of another year, which is what a doctor is for.
            assertThat(ran.out()).contains("problem  server", "behind ours", "let both follow NTP");
            JsonNode json = Remote.JSON.readTree(run("doctor", "--json").out());
            assertThat(json.path("problems").asInt()).isEqualTo(1);
            assertThat(json.path("findings").findValuesAsText("subject")).contains("database shop", "token");
        }
    }

    @Test
    void each_that_is_not_is_named_with_what_mends_it() throws Exception {
        environment.put("TURNOUT_SERVER", "http://127.0.0.1:1");
        environment.put("TURNOUT_CONTROL_PASSWORD", "wrong");
        environment.put("TURNOUT_DB_SHOP_URL", "jdbc:postgresql://127.0.0.1:1/shop");
        Cli.Ran ran = run("doctor", "--control-db", "jdbc:postgresql://127.0.0.1:1/control");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out())
                .contains("problem  control database: 127.0.0.1:1 does not let us in", "-> see that it runs")
                .contains(
                        "problem  database shop: cannot reach database shop at 127.0.0.1:1/shop", "TURNOUT_DB_SHOP_URL")
                .contains(
                        "problem  server http://127.0.0.1:1/: no Turnout answers", "-> start one with 'turnout serve'");
        environment.put("TURNOUT_PORT", "x");
        assertThat(run("doctor").out()).contains("problem  settings: --port (TURNOUT_PORT) must be a whole number");
        environment.put("TURNOUT_SERVER", server.uri().toString());
        assertThat(run("doctor", "--token", "turnout_wrong").out())
                .contains("problem  token: the server does not know this token", "-> give one with --token");
    }

    /** As the engine leaves it: the bookkeeping of a run, and triggers by its names. */
    @Test
    void triggers_that_do_not_fire_or_are_gone_are_found() throws Exception {
        try (TestDatabase shop = TestPostgres.newDatabase()) {
            name(shop);
            Bookkeeping.install(shop.database());
            shop.execute("""
                    CREATE TABLE t (id int PRIMARY KEY);
                    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                    CREATE TRIGGER zzz_turnout_1_insert BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
                    ALTER TABLE t ENABLE ALWAYS TRIGGER zzz_turnout_1_insert;
                    CREATE TRIGGER zzz_turnout_9_insert BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
                    INSERT INTO turnout.run (run, migration, epoch, spec_hash) VALUES (1, 'm', 1, 'h');
                    INSERT INTO turnout.step (run, kind, ordinal, title, hash, state, made)
                      VALUES (1, 'SYNC', 0, 'sync triggers of t', 'h', 'APPLIED', '["zzz_turnout_1_insert","zzz_turnout_1_update"]');""");
            assertThat(run("doctor").out())
                    .contains("problem  database shop: the trigger zzz_turnout_1_update is gone", "turnout resume m")
                    .contains("warning  database shop: the trigger zzz_turnout_9_insert on t belongs to no run")
                    .doesNotContain("zzz_turnout_1_insert on t is");
            shop.execute("ALTER TABLE t DISABLE TRIGGER zzz_turnout_1_insert");
            assertThat(run("doctor").out())
                    .contains(
                            "zzz_turnout_1_insert on t is disabled", "ENABLE ALWAYS TRIGGER \"zzz_turnout_1_insert\"");
        }
    }

    @Test
    void rights_that_lack_are_named_before_a_run_needs_them() throws Exception {
        try (TestDatabase shop = TestServer.MYSQL.newDatabase()) {
            name(shop);
            assertThat(run("doctor").out()).contains("ok       database shop: MySQL 8");
            shop.execute(
                    "CREATE USER IF NOT EXISTS 'reader'@'%' IDENTIFIED BY 'r'", "GRANT SELECT ON *.* TO 'reader'@'%'");
            environment.put("TURNOUT_DB_SHOP_USER", "reader");
            environment.put("TURNOUT_DB_SHOP_PASSWORD", "r");
            assertThat(run("doctor").out()).contains("problem  database shop", "GRANT PROCESS");
            shop.execute("DROP USER 'reader'@'%'");
        }
    }
}
