package dev.turnout.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.cli.Turnout;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights of docs/security.md are enough: the preflight makes everything in a trial, with triggers and all. */
class RightsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private static String grants(String product, String user, String database) throws Exception {
        return Page.read("docs/security.md").blocks().stream()
                .filter(block -> block.language().equals("sql " + product))
                .findFirst()
                .orElseThrow()
                .text()
                .replaceAll("(?m) *-- .*$", "")
                .replace("turnout LOGIN", user + " LOGIN")
                .replace("TO turnout", "TO " + user)
                .replace("'turnout'@", "'" + user + "'@")
                .replace("app_owner", user + "_owner")
                .replace("DATABASE app", "DATABASE " + database)
                .replace("`app`", "`" + database + "`");
    }

    private String spec(String dialect) throws Exception {
        return Files.writeString(directory.resolve("migration.yaml"), """
                migration: rights
                database: { name: app, dialect: %s }
                flag: rights
                expand:
                  - columns: { orders: { cents: bigint } }
                move:
                  orders: { key: id, up: { cents: old.price * 100 }, down: { price: new.cents / 100 }, required: [cents] }
                """.formatted(dialect))
                .toString();
    }

    private static String said(Map<String, String> environment, String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        int status =
                Turnout.commandLine(environment).setOut(writer).setErr(writer).execute(arguments);
        return status + " " + said;
    }

    private void suffices(TestDatabase database, String user, String dialect) throws Exception {
        Map<String, String> environment = Map.of(
                "TURNOUT_CONFIG",
                directory.resolve("none").toString(),
                "TURNOUT_SERVER",
                "http://127.0.0.1:1",
                "TURNOUT_DATA",
                directory.toString(),
                "TURNOUT_DB_APP_URL",
                database.url(),
                "TURNOUT_DB_APP_USER",
                user,
                "TURNOUT_DB_APP_PASSWORD",
                "choose one");
        assertThat(said(environment, "check", "--live", spec(dialect)))
                .startsWith("0 ")
                .contains("rights is fine");
        assertThat(said(environment, "doctor"))
                .contains("database app: version and rights suffice")
                .doesNotContain("problem  database app");
    }

    @Test
    void those_on_postgresql_suffice() throws Exception {
        try (TestDatabase database = TestPostgres.newDatabase()) {
            String user = database.name() + "_worker";
            database.execute("CREATE ROLE " + user + "_owner");
            database.execute("CREATE TABLE orders (id int PRIMARY KEY, price int NOT NULL);"
                    + " INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;"
                    + " ALTER TABLE orders OWNER TO " + user + "_owner; GRANT USAGE, CREATE ON SCHEMA public TO " + user
                    + "_owner");
            database.execute(grants("postgresql", user, database.name()));
            try {
                suffices(database, user, "postgresql");
            } finally {
                database.execute(
                        "DROP OWNED BY " + user + ", " + user + "_owner",
                        "DROP ROLE " + user,
                        "DROP ROLE " + user + "_owner");
            }
        }
    }

    @Test
    void those_on_mysql_suffice() throws Exception {
        try (TestDatabase database = TestServer.MYSQL.newDatabase()) {
            String user = "worker";
            database.execute("DROP USER IF EXISTS '" + user + "'@'%'");
            database.execute("CREATE TABLE orders (id int NOT NULL PRIMARY KEY, price int NOT NULL)");
            database.execute("INSERT INTO orders VALUES (1, 1), (2, 2)");
            database.execute(grants("mysql", user, database.name()));
            try {
                suffices(database, user, "mysql");
            } finally {
                database.execute("DROP USER '" + user + "'@'%'");
            }
        }
    }
}
