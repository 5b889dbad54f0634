package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether a query uses an index and is fast, on temporary copies of the tables that the sample fills: no application waits
 * for it, and it says something while the live table is still empty.
 */
record PlanCheck(Connection connection, Assertion.Plan plan) {
    /** Room for the sample in memory: without it every page of a temporary table goes through the file system. */
    private static final String TEMP_BUFFERS = "SET LOCAL temp_buffers = '128MB'";

    private static final String INDEXES = """
            SELECT 'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' || quote_ident(c.relname)
                   || ' ON pg_temp.' || quote_ident(t.relname)
                   || regexp_replace(pg_get_indexdef(i.indexrelid, 0, true), '^.*? USING ', ' USING '), c.relname
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE i.indisvalid AND t.relname = ANY (?) AND pg_table_is_visible(t.oid)
            ORDER BY c.relname""";

    /** The transaction must be rolled back. @return why it does not hold; empty: it holds */
    List<String> broken() throws SQLException {
        List<String> tables = mentioned();
        List<List<String>> indexes = Sql.rows(connection, INDEXES, connection.createArrayOf("text", tables.toArray()));
        if (indexes.stream().noneMatch(index -> index.get(1).equals(plan.index()))) {
            return List.of("no table that the sample fills has a valid index " + plan.index());
        }
        Sql.run(connection, TEMP_BUFFERS);
        for (String table : tables) {
            Sql.run(
                    connection,
                    "CREATE TEMP TABLE " + quote(table) + " (LIKE " + quote(table)
                            + " INCLUDING ALL EXCLUDING INDEXES) ON COMMIT DROP");
        }
        Sql.run(connection, plan.sample());
        // Behind the rows they are built in a fraction of the time.
        for (List<String> index : indexes) {
            Sql.run(connection, index.get(0));
        }
        for (String table : tables) {
            Sql.run(connection, "ANALYZE pg_temp." + quote(table));
        }
        return judge();
    }

    private List<String> mentioned() throws SQLException {
        Set<String> names = SqlText.names(plan.sample());
        return Sql.rows(connection, """
                        SELECT relname FROM pg_class
                        WHERE relkind = 'r' AND relpersistence <> 't' AND pg_table_is_visible(oid)
                          AND relnamespace <> 'pg_catalog'::regnamespace ORDER BY relname""").stream()
                .map(row -> row.get(0))
                .filter(names::contains)
                .toList();
    }

    private List<String> judge() throws SQLException {
        List<String> broken = new ArrayList<>();
        List<String> steps = Sql.rows(connection, "EXPLAIN " + plan.query()).stream()
                .map(row -> row.get(0).strip())
                .toList();
        String name = Sql.rows(connection, "SELECT quote_ident(?)", plan.index())
                .get(0)
                .get(0);
        boolean used = steps.stream()
                .anyMatch(step -> step.contains(" using " + name + " on ")
                        || step.contains("Bitmap Index Scan on " + name + " "));
        if (!used) {
            broken.add("the query does not use the index " + plan.index() + ": " + String.join(" / ", steps));
        }
        Sql.rows(connection, plan.query());
        long begun = System.nanoTime();
        Sql.rows(connection, plan.query());
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        if (took.compareTo(plan.within()) > 0) {
            broken.add("the query takes " + took.toMillis() + " ms, "
                    + plan.within().toMillis() + " ms are allowed");
        }
        return broken;
    }
}
