package dev.turnout.worker.scenario;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.testkit.Migrations;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The booking application before its consolidation: its data, and its migration pointed at the databases of a test. */
final class AskPro {
    static final String MIGRATION = "booking-consolidation";

    private AskPro() {}

    /** @param rows appointments */
    static void load(TestDatabase askpro, int rows) throws SQLException {
        try (Connection connection = askpro.connect()) {
            run(connection, Migrations.file(MIGRATION, "legacy.sql"));
            run(connection, "SET @turnout_rows = " + rows);
            run(connection, Migrations.file(MIGRATION, "sample.sql"));
        }
    }

    /** One after the other, so that each one's failure is heard. */
    static void run(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : SqlText.statements(script)) {
                statement.execute(sql);
            }
        }
    }

    /** The spec as it is but for the names of the databases. */
    static Bundle bundle(String target) {
        Bundle shipped = Migrations.bundle(MIGRATION);
        Map<String, String> files = new HashMap<>(shipped.files());
        files.computeIfPresent(
                shipped.main(), (name, yaml) -> yaml.replaceFirst("(?m)^target:.*$", "target: { " + target + " }"));
        return new Bundle(shipped.main(), files);
    }

    /** The spec as it is but for its target: a PostgreSQL, which the worker knows as {@code next}. */
    static Bundle toPostgres() {
        Bundle other = bundle("name: next, dialect: postgresql");
        Map<String, String> files = new HashMap<>(other.files());
        files.computeIfPresent(
                other.main(), (name, yaml) -> yaml.replace("run: target.sql", "run: target.postgresql.sql"));
        files.put("target.postgresql.sql", Migrations.file(MIGRATION, "target.postgresql.sql"));
        return new Bundle(other.main(), files);
    }

    /** Row by row what is other than it should be: missing, extra or different. Empty: all of it is right. */
    static List<String> differences(TestDatabase askpro, TestDatabase next) throws SQLException {
        Map<String, Map<String, String>> expected = Consolidation.of(askpro);
        List<String> differences = new ArrayList<>();
        for (String table : LeanSchema.tables()) {
            Map<String, String> wanted = expected.getOrDefault(table, Map.of());
            Map<String, String> left = new HashMap<>(LeanSchema.read(next, table));
            wanted.forEach((key, row) -> {
                String is = left.remove(key);
                if (!row.equals(is)) {
                    differences.add(table + " " + key + " is\n  " + is + "\nand should be\n  " + row);
                }
            });
            left.forEach((key, row) -> differences.add(table + " " + key + " should not be there: " + row));
        }
        return differences;
    }
}
