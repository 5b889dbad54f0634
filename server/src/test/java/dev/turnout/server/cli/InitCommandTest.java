package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of schemas that are there. */
class InitCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private void name(String name, TestDatabase database) {
        environment.put("TURNOUT_DB_" + name + "_URL", database.url());
        environment.put("TURNOUT_DB_" + name + "_USER", database.user());
        environment.put("TURNOUT_DB_" + name + "_PASSWORD", database.password());
    }

    private Cli.Ran run(String... arguments) {
        return new Cli(environment).run(arguments);
    }

    /** Each question is a problem of `check`; once all are answered, a live check has nothing to say either. */
    @Test
    void a_draft_between_two_schemas_asks_what_it_cannot_know_and_passes_once_it_is_answered() throws Exception {
        try (TestDatabase shop = TestPostgres.newDatabase()) {
            shop.execute("""
                    CREATE TABLE customers (id bigint PRIMARY KEY, "fullName" text NOT NULL, fax text, born timestamp);
                    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric(10,2));
                    CREATE TABLE visits (at timestamptz);
                    CREATE SCHEMA next;
                    CREATE TABLE next.customers (id bigint PRIMARY KEY, full_name varchar(200) NOT NULL, born date,
                      segment text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
                    CREATE TABLE next."orders" (id bigint PRIMARY KEY, customer_id bigint REFERENCES next.customers,
                      total numeric(12,2));
                    CREATE TABLE next.invoices (id bigint PRIMARY KEY);""");
            name("SHOP", shop);
            Path spec = directory.resolve("migration.yaml");
            assertThat(run("init", "--from", "shop", "--to", "shop", "--to-schema", "next", "-o", spec.toString())
                            .out())
                    .contains("turnout check " + spec);

            JsonNode told =
                    Remote.JSON.readTree(run("init", "--from", "shop", "--to", "shop", "--to-schema", "next", "--json")
                            .out());
            assertThat(told.path("spec").asText()).isEqualTo(Files.readString(spec));
            assertThat(told.path("undecided")).hasSize(7);
            assertThat(told.path("undecided").get(0).path("line").asInt()).isPositive();
            assertThat(told.has("file")).isFalse();

            Cli.Ran checked = run("check", spec.toString());
            assertThat(checked.status()).isEqualTo(2);
            assertThat(checked.err().lines().map(line -> line.replaceAll(".*migration.yaml:\\d+: ", "")))
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).contains("born is not decided: old.born is timestamp without"),
                            line -> assertThat(line).contains("born is not decided: new.born is date"),
                            line -> assertThat(line).contains("segment is not decided: text NOT NULL, and no column"),
                            line -> assertThat(line).contains("created_at is not decided", "the database fills it in"),
                            line -> assertThat(line).contains("customers.fax (text) is taken over by no column"),
                            line -> assertThat(line).contains("the table visits of the old side is moved nowhere"),
                            line -> assertThat(line)
                                    .contains("the table invoices of the new side is filled from nowhere"));

            String decided = Files.readString(spec)
                    .replaceAll("(?m)^      created_at:.*\n", "")
                    .replaceAll("segment: !decide.*", "segment: \"'all'\"")
                    .replaceFirst("born: !decide \"old.*", "born: old.born::date")
                    .replaceFirst("born: !decide.*", "born: new.born::timestamp")
                    .replaceAll("(?s)# Decide each.*?\n\n", "");
            // A parent before those that refer to it.
            assertThat(decided.indexOf("  customers:")).isLessThan(decided.indexOf("  orders:"));
            Files.writeString(spec, decided);
            assertThat(run("check", spec.toString())).matches(ran -> ran.out().contains("is fine: 2 to move"));
            assertThat(run("check", spec.toString(), "--live"))
                    .as("with the database")
                    .matches(ran -> ran.status() == 0);
        }
    }

    @Test
    void a_draft_from_mysql_to_postgresql_names_both_products() throws SQLException {
        try (TestDatabase old = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestPostgres.newDatabase()) {
            old.execute(
                    "CREATE TABLE staff (id int NOT NULL PRIMARY KEY, name varchar(80), active tinyint(1), logo blob)");
            next.execute("CREATE TABLE staff (id int PRIMARY KEY, name text, active boolean, logo text)");
            name("OLD", old);
            name("NEXT", next);

            Cli.Ran drafted = run("init", "--from", "old", "--to", "next", "--name", "Staff of 2026");
            assertThat(drafted.err()).isEmpty();
            assertThat(drafted.out())
                    .contains(
                            "migration: staff-of-2026\n",
                            "database:  { name: old, dialect: mysql }\n",
                            "target:    { name: next, dialect: postgresql }\n",
                            "      active: old.active\n",
                            "      logo: !decide \"old.logo is blob, here it is text")
                    .contains("    from: staff\n    key:  id\n    into: staff\n");
        }
    }

    @Test
    void what_cannot_be_drafted_is_said() throws SQLException {
        try (TestDatabase shop = TestPostgres.newDatabase()) {
            name("SHOP", shop);
            assertThat(run("init", "--from", "shop", "--to", "shop").err())
                    .contains("there is no table in schema public");
            shop.execute("CREATE TABLE t (id int PRIMARY KEY)");
            assertThat(run("init", "--from", "shop", "--to", "shop").err())
                    .contains("both sides are the schema public");
            assertThat(run("init", "--from", "shp", "--to", "shop").err()).contains("--database shp=");
            assertThat(run("init", "--from", "jdbc:postgresql://127.0.0.1:1/gone", "--to", "shop")
                            .err())
                    .contains("cannot reach database", "(set by --from)")
                    .doesNotContain("\tat ");
            assertThat(run("init", "--from", "jdbc:oracle:x", "--to", "shop").err())
                    .contains("--from", "must be a JDBC URL");
        }
    }
}
