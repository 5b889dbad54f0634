package dev.turnout.worker.check;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the data of one table is like: one scan for the rows and their NULLs, the rest from the catalogue. Locks nothing
 * that an application needs.
 */
record TableChecks(Connection connection, Subject subject) {
    private static final double DEAD_SHARE = 0.2;

    /**
     * @param catalogue whether the database has PostgreSQL's; without it only what any database tells is asked
     * @param moved whether the rows have been moved, each of which left a dead one until it is vacuumed
     */
    List<Checked> run(boolean catalogue, boolean moved) throws SQLException {
        List<Checked> checks = new ArrayList<>(rows());
        if (catalogue) {
            checks.addAll(catalogued(moved));
            checks.addAll(references());
        } else {
            checks.add(duplicates());
        }
        return checks;
    }

    private String table() {
        return subject.schema().map(schema -> quote(schema) + ".").orElse("") + quote(subject.table());
    }

    private List<Checked> rows() throws SQLException {
        Set<String> present = columns();
        List<String> asked = new ArrayList<>(subject.key());
        asked.addAll(subject.read());
        asked.addAll(subject.made());
        asked.retainAll(present);
        StringBuilder query = new StringBuilder("SELECT count(*)");
        asked.forEach(column -> query.append(", count(").append(quote(column)).append(")"));
        List<String> counts = Sql.rows(connection, query + " FROM " + table()).get(0);
        long rows = Long.parseLong(counts.get(0));
        List<Checked> checks = new ArrayList<>();
        checks.add(Checked.noted("rows", subject.name(), rows));
        List<String> empty = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            long filled = Long.parseLong(counts.get(i + 1));
            String column = asked.get(i);
            if (i < subject.key().size()) {
                checks.add(Checked.that(
                        filled == rows, "NULLs in the key column " + column, subject.name(), "0", rows - filled));
            } else if (subject.made().contains(column)) {
                checks.add(Checked.noted("values in the new column " + column, subject.name(), filled));
            } else {
                empty.add(column + " " + (rows - filled));
            }
        }
        if (!empty.isEmpty()) {
            checks.add(Checked.noted("NULLs in the columns read", subject.name(), String.join(", ", empty)));
        }
        return checks;
    }

    private Set<String> columns() throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        var none = connection.createStatement();
        try (none;
                var row = none.executeQuery("SELECT * FROM " + table() + " WHERE 1 = 0")) {
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.add(row.getMetaData().getColumnName(i));
            }
        }
        return columns;
    }

    private List<Checked> catalogued(boolean moved) throws SQLException {
        List<String> facts = Sql.rows(connection, """
                        SELECT pg_total_relation_size(c.oid), coalesce(s.n_dead_tup, 0), coalesce(s.n_live_tup, 0), c.reltuples,
                          (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND NOT i.indisvalid),
                          (SELECT count(*) FROM pg_trigger t
                           WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'D'),
                          row_security_active(c.oid),
                          coalesce((SELECT min(i.indexrelid::regclass::text) FROM pg_index i
                           WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                             AND i.indexprs IS NULL
                             AND ARRAY(SELECT a.attname::text FROM pg_attribute a
                                       WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]) ORDER BY 1)
                                 = ARRAY(SELECT unnest(?::text[]) ORDER BY 1)), 'none')
                        FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
                        WHERE c.oid = to_regclass(?)""", subject.key().toArray(String[]::new), table())
                .get(0);
        String of = subject.name();
        long dead = Long.parseLong(facts.get(1));
        long alive = Long.parseLong(facts.get(2));
        String share = dead + " of " + (dead + alive);
        return List.of(
                Checked.noted("size with indexes, bytes", of, facts.get(0)),
                Checked.that(
                        !facts.get(7).equals("none"),
                        "unique index on the key, so no duplicates",
                        of,
                        "one that is valid",
                        facts.get(7)),
                Checked.that(facts.get(4).equals("0"), "invalid indexes", of, "0", facts.get(4)),
                Checked.that(facts.get(5).equals("0"), "disabled triggers", of, "0", facts.get(5)),
                Checked.that(
                        facts.get(6).equals("f"),
                        "rows hidden by row security",
                        of,
                        "none",
                        facts.get(6).equals("f") ? "none" : "some"),
                Checked.that(
                        Double.parseDouble(facts.get(3)) >= 0,
                        "statistics of the planner",
                        of,
                        "analyzed once",
                        Double.parseDouble(facts.get(3)) >= 0 ? "analyzed" : "never analyzed"),
                moved
                        ? Checked.noted("dead rows", of, share)
                        : Checked.that(
                                dead <= 1_000 || dead <= DEAD_SHARE * (dead + alive),
                                "dead rows",
                                of,
                                "at most 20 %",
                                share));
    }

    /** A validated constraint has been proven by the database itself; another one is counted. */
    private List<Checked> references() throws SQLException {
        List<Checked> checks = new ArrayList<>();
        for (List<String> key : Sql.rows(connection, """
                SELECT k.conname, k.convalidated, k.confrelid::regclass,
                  (SELECT string_agg(format('a.%I = b.%I', x.attname, y.attname), ' AND ' ORDER BY n)
                   FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (mine, other, n)
                   JOIN pg_attribute x ON x.attrelid = k.conrelid AND x.attnum = mine
                   JOIN pg_attribute y ON y.attrelid = k.confrelid AND y.attnum = other),
                  (SELECT string_agg(format('a.%I IS NOT NULL', x.attname), ' AND ')
                   FROM unnest(k.conkey) AS mine JOIN pg_attribute x ON x.attrelid = k.conrelid AND x.attnum = mine)
                FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = to_regclass(?) ORDER BY 1""", table())) {
            String name = "rows without their " + key.get(2) + " (" + key.get(0) + ")";
            if (key.get(1).equals("t")) {
                checks.add(Checked.that(true, name, subject.name(), "0", "0, by a validated constraint"));
            } else {
                String orphans = Sql.value(
                                connection,
                                "SELECT count(*) FROM " + table() + " a WHERE " + key.get(4)
                                        + " AND NOT EXISTS (SELECT FROM " + key.get(2) + " b WHERE " + key.get(3) + ")")
                        .orElseThrow();
                checks.add(Checked.that(orphans.equals("0"), name, subject.name(), "0", orphans));
            }
        }
        return checks;
    }

    /** Rows with the same key, by a scan: for what has no catalogue to ask. */
    private Checked duplicates() throws SQLException {
        String key = quoteAll(subject.key());
        String found = Sql.value(
                        connection,
                        "SELECT count(*) FROM (SELECT 1 AS one FROM " + table() + " GROUP BY " + key
                                + " HAVING count(*) > 1) AS doubled")
                .orElseThrow();
        return Checked.that(found.equals("0"), "keys that stand twice", subject.name(), "0", found);
    }

    long count() throws SQLException {
        return Long.parseLong(
                Sql.value(connection, "SELECT count(*) FROM " + table()).orElseThrow());
    }
}
