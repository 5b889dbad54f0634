package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The mapping by itself, without the engine: one statement per transfer on data that nobody changes. */
class BookingConsolidationSpecTest {
    private static final int ROWS = 4_000;
    private static final String ANSI =
            "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES',"
                    + " transaction_isolation = 'READ-COMMITTED', time_zone = '+00:00'";

    @Test
    @Tag("mariadb")
    void gives_the_same_on_MariaDB() throws Exception {
        carry(TestServer.MARIADB);
    }

    @Test
    void gives_on_MySQL_what_the_rules_say_row_by_row() throws Exception {
        carry(TestServer.MYSQL);
    }

    private static void carry(TestServer server) throws Exception {
        try (TestDatabase askpro = server.newDatabase();
                TestDatabase next = server.newDatabase()) {
            AskPro.load(askpro, ROWS);
            Spec spec = SpecReader.read(AskPro.bundle("schema: " + next.name())).orThrow();
            try (Connection old = askpro.connect();
                    Connection lean = next.connect()) {
                AskPro.run(old, ANSI);
                for (ExpandStep step : spec.expand()) {
                    ExpandStep.Run run = (ExpandStep.Run) step;
                    AskPro.run(run.on() == Side.OLD ? old : lean, run.sql());
                }
                for (Transfer transfer : inOrder(spec)) {
                    String schema = (transfer.stays() ? askpro : next).name();
                    fill(old, transfer, schema);
                }
            }
            assertThat(AskPro.differences(askpro, next)).isEmpty();
            for (Assertion assertion : spec.assertions()) {
                assertThat(next.query(((Assertion.NoRow) assertion).rows()))
                        .as(assertion.name())
                        .isEmpty();
            }
            assertTraps(askpro, next);
        }
    }

    /** That the sample holds what a mapping by hand goes wrong on, and that a wrong row would be seen. */
    private static void assertTraps(TestDatabase askpro, TestDatabase next) throws SQLException {
        String byName = """
                SELECT COUNT(*) FROM appointments a JOIN services s ON s.id = a.service_id
                JOIN services e ON e.name = s.name AND e.company_id = s.company_id WHERE e.deleted_at IS NULL""";
        assertThat(Long.parseLong(askpro.one(byName)))
                .as("appointments mapped by name")
                .isGreaterThan(ROWS);
        assertThat(count(
                        askpro, "appointments a JOIN services s ON s.id = a.service_id WHERE s.deleted_at IS NOT NULL"))
                .isPositive();
        assertThat(count(
                        askpro,
                        "appointments a JOIN services s ON s.id = a.service_id WHERE s.company_id <> a.company_id"))
                .isPositive();
        assertThat(count(askpro, "retell_webhooks r JOIN webhook_logs w ON w.id = r.id WHERE w.type = 'calcom'"))
                .isPositive();
        assertThat(count(askpro, "customers WHERE company_id IS NULL")).isPositive();
        assertThat(count(askpro, "customers WHERE skills IS NOT NULL AND NOT JSON_VALID(skills)"))
                .isPositive();
        assertThat(count(
                        askpro, "branches b WHERE NOT EXISTS (SELECT 1 FROM working_hours w WHERE w.branch_id = b.id)"))
                .isPositive();
        assertThat(next.query("SELECT role FROM users GROUP BY role ORDER BY role"))
                .containsExactly("admin", "staff", "super_admin");
        next.execute("UPDATE appointments SET event_type_id = event_type_id + 1 WHERE id = 7");
        assertThat(AskPro.differences(askpro, next)).hasSize(1);
    }

    private static long count(TestDatabase database, String from) throws SQLException {
        return Long.parseLong(database.one("SELECT COUNT(*) FROM " + from));
    }

    private static List<Transfer> inOrder(Spec spec) {
        List<Transfer> left = new ArrayList<>(spec.transfers());
        List<Transfer> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            Transfer next = left.stream()
                    .filter(one -> left.stream()
                            .noneMatch(other -> !other.equals(one)
                                    && spec.before()
                                            .getOrDefault(one.name(), Set.of())
                                            .contains(other.name())))
                    .findFirst()
                    .orElseThrow();
            left.remove(next);
            ordered.add(next);
        }
        return ordered;
    }

    private static void fill(Connection connection, Transfer transfer, String schema) throws SQLException {
        String columns =
                transfer.up().keySet().stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + schema + "." + transfer.into().table() + " (" + columns
                    + ") SELECT " + String.join(", ", transfer.up().values()) + " FROM "
                    + transfer.from().table()
                    + " AS old"
                    + transfer.where().map(where -> " WHERE " + where).orElse(""));
        }
    }
}
