package dev.turnout.worker.testkit;

import java.sql.SQLException;
import java.util.List;

/** Everything that the catalogue says about the schemas of an application, line by line, to be compared. */
public final class Fingerprint {
    private static final String LINES = """
            WITH mine AS (SELECT oid, nspname FROM pg_namespace
                          WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'turnout')),
                 tables AS (SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN mine m ON m.oid = c.relnamespace)
            SELECT 'relation ' || relname || ' ' || relkind::text AS line FROM tables
            UNION ALL
            SELECT 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
                   || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
                   || coalesce(' ' || pg_get_expr(adbin, adrelid), '')
            FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            UNION ALL
            SELECT 'constraint ' || relname || ' ' || conname || ' ' || pg_get_constraintdef(c.oid)
            FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid
            UNION ALL
            SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid
            FROM tables t JOIN pg_index i ON i.indrelid = t.oid
            UNION ALL
            SELECT 'trigger ' || pg_get_triggerdef(g.oid) || g.tgenabled::text
            FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
            UNION ALL
            SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN mine m ON m.oid = p.pronamespace
            UNION ALL
            SELECT 'type ' || y.typname || ' ' || coalesce((SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
                                                   FROM pg_enum e WHERE e.enumtypid = y.oid), '')
            FROM pg_type y JOIN mine m ON m.oid = y.typnamespace
            ORDER BY 1""";

    private Fingerprint() {}

    public static List<String> of(TestDatabase database) throws SQLException {
        return database.query(LINES);
    }
}
