package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a table is one that can be moved, by what the catalogue says of it. Takes no lock that a reader minds. */
record TableCheck(Connection connection, Move move, Findings.Notes notes) {
    private static final Map<String, String> OTHER_KINDS =
            Map.of("p", "a partitioned table", "v", "a view", "m", "a materialized view", "f", "a foreign table");

    void run() throws SQLException {
        List<List<String>> found = Sql.rows(connection, """
                SELECT c.relkind, c.relpersistence,
                       EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
                       pg_has_role(c.relowner, 'USAGE'), row_security_active(c.oid), c.relhasrules,
                       c.reltuples::bigint, pg_total_relation_size(c.oid), pg_relation_size(c.oid),
                       coalesce(s.n_dead_tup, 0), coalesce(s.n_live_tup, 0)
                FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.oid = to_regclass(?)""", quote(move.table()));
        if (found.isEmpty()) {
            notes.problem(
                    "there is no table " + move.table(),
                    "check its spelling, case included, and the search_path of the connection");
            return;
        }
        List<String> table = found.get(0);
        kind(table);
        rights(table);
        notes.table(facts(table));
        columns();
        laterTriggers();
        cascades();
    }

    /** Every row that is moved is written anew, so until it is vacuumed the table may take twice its room. */
    private Map<String, Object> facts(List<String> table) {
        long dead = Long.parseLong(table.get(9));
        long alive = Long.parseLong(table.get(10));
        if (dead > 10_000 && dead > alive / 5) {
            notes.warning("%s has %d dead rows beside %d: VACUUM it first, or the backfill makes it grow further"
                    .formatted(move.table(), dead, alive));
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("table", move.table());
        // -1: never analyzed.
        facts.put("estimatedRows", Math.max(0, Long.parseLong(table.get(6))));
        facts.put("bytes", Long.parseLong(table.get(7)));
        facts.put("mayGrowByBytes", Long.parseLong(table.get(8)));
        facts.put("deadRows", dead);
        return facts;
    }

    /** The triggers fire for cascades, too; but a key that changes under the backfill makes it look again. */
    private void cascades() throws SQLException {
        for (List<String> row :
                Sql.rows(connection, """
                SELECT k.conname, k.confrelid::regclass, a.attname FROM pg_constraint k
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
                WHERE k.contype = 'f' AND k.conrelid = to_regclass(?) AND k.confupdtype = 'c' AND a.attname::text = ANY (?)
                ORDER BY 1""", quote(move.table()), move.key().toArray(String[]::new))) {
            notes.warning(
                    "the key column %s.%s changes with %s (%s, ON UPDATE CASCADE): rows whose key changes while they are moved are moved again"
                            .formatted(move.table(), row.get(2), row.get(1), row.get(0)));
        }
    }

    private void kind(List<String> table) {
        String other = OTHER_KINDS.get(table.get(0));
        if (other != null || table.get(2).equals("t")) {
            notes.problem(
                    move.table() + " is " + (other == null ? "part of an inheritance tree" : other),
                    "only plain tables can be moved in place");
        }
        if (table.get(1).equals("t")) {
            notes.problem(move.table() + " is a temporary table", "only plain tables can be moved in place");
        }
        if (table.get(5).equals("t")) {
            notes.warning(move.table() + " has rewrite rules: what they turn into something else has no sync");
        }
    }

    private void rights(List<String> table) {
        if (table.get(3).equals("f")) {
            notes.problem(
                    "the role of the connection does not own " + move.table(),
                    "connect as its owner, or make the role a member of the owner");
        }
        if (table.get(4).equals("t")) {
            notes.problem(
                    "row security hides rows of " + move.table() + " from the role of the connection",
                    "use the owner without FORCE ROW LEVEL SECURITY, or a role with BYPASSRLS");
        }
    }

    private void columns() throws SQLException {
        Map<String, Boolean> notNull = new HashMap<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT attname, attnotnull FROM pg_attribute
                WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped""", quote(move.table()))) {
            notNull.put(row.get(0), row.get(1).equals("t"));
        }
        for (String column : move.key()) {
            if (!notNull.containsKey(column)) {
                notes.problem("the key column " + column + " is not in " + move.table(), "name columns of the table");
            } else if (!notNull.get(column)) {
                notes.problem(
                        "the key column " + move.table() + "." + column + " may be NULL",
                        "use the primary key, or a unique key whose columns are NOT NULL");
            }
        }
        if (notNull.keySet().containsAll(move.key())) {
            unique();
        }
        for (String column : move.down().keySet()) {
            if (!notNull.containsKey(column)) {
                notes.problem("down names " + column + ", which is not in " + move.table(), "name an old column");
            } else if (move.key().contains(column)) {
                notes.problem("down names the key column " + column, "a key must not change with the mapping");
            }
        }
    }

    /** The columns in the key's own order, because the backfill walks the index. */
    private void unique() throws SQLException {
        List<List<String>> indexes =
                Sql.rows(connection, """
                SELECT i.indexrelid::regclass FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
                WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate
                  AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND ARRAY(SELECT a.attname::text
                            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, nth)
                            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                            WHERE nth <= i.indnkeyatts ORDER BY nth) = ?::text[]""", quote(move.table()), move.key().toArray(String[]::new));
        if (indexes.isEmpty()) {
            notes.problem(
                    "the key (" + String.join(", ", move.key()) + ") of " + move.table() + " is not unique",
                    "name the columns of a unique index (not partial, not deferrable) in its order");
        }
    }

    private void laterTriggers() throws SQLException {
        for (List<String> row : Sql.rows(connection, """
                SELECT tgname FROM pg_trigger
                WHERE tgrelid = to_regclass(?) AND NOT tgisinternal AND tgtype & 3 = 3 AND tgtype & 20 <> 0
                  AND tgname::text COLLATE "C" > 'zzz_turnout_' AND NOT starts_with(tgname::text, 'zzz_turnout_')""", quote(move.table()))) {
            notes.warning("the trigger " + row.get(0) + " of " + move.table()
                    + " fires after the sync triggers: what it changes does not reach the other side");
        }
    }
}
