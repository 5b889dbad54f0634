package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Transfer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The statements that write rows of a transfer: bring those up to date that must stand, take those away that must not.
 * Immutable.
 */
public record TransferWrites(TransferSql sql) {
    /**
     * A transaction on a snapshot of its own cannot see what another one has committed to a feeding row since; writing the
     * row in any case makes the server find the collision, and the application repeats it.
     */
    private static final String OR_OLD_SNAPSHOT =
            " OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')";

    private Transfer transfer() {
        return sql.transfer();
    }

    /** Brings the rows up to date that must stand. What is right already gets no second version. */
    public String upsert(String which) {
        return upsert(which, "");
    }

    /** @param lock of the rows read, such as {@code FOR SHARE OF old} */
    public String upsert(String which, String lock) {
        if (sql.dialect().mysql()) {
            return new MySqlWrite(sql).upsert(sql.from() + " AS old", which, lock);
        }
        return insertInto(sql.columns()) + "\n" + sql.wanted(which) + (lock.isEmpty() ? "" : "\n " + lock)
                + onConflict();
    }

    /**
     * As the other one, on MySQL, in the way in which the old table is to be walked.
     *
     * @param walked the old table, called {@code old}, with what the optimizer is told about it
     */
    public String upsertWalking(String walked, String which, String lock) {
        return new MySqlWrite(sql).upsert(walked, which, lock);
    }

    private String insertInto(List<String> columns) {
        return "INSERT INTO " + sql.into() + " AS new (" + quoteAll(columns) + ") OVERRIDING SYSTEM VALUE";
    }

    private String onConflict() {
        String conflict = "\nON CONFLICT (" + quoteAll(transfer().as()) + ") DO ";
        if (sql.carried().isEmpty()) {
            return conflict + "NOTHING";
        }
        return conflict + "UPDATE SET "
                + sql.carried().stream()
                        .map(column -> quote(column) + " = excluded." + quote(column))
                        .collect(joining(", "))
                + "\n WHERE " + sql.differs("new", "excluded")
                + (transfer().touchedBy().isEmpty() ? "" : OR_OLD_SNAPSHOT);
    }

    /**
     * Takes the rows that must change away and puts them back in one statement, the columns that are not mapped as they
     * were. Two rows can exchange a unique value in no other way. Must not be used where a deletion cascades.
     */
    String exchange(String which) {
        List<String> kept = sql.target().keySet().stream()
                .filter(column -> !transfer().up().containsKey(column))
                .toList();
        List<String> all = Stream.concat(sql.columns().stream(), kept.stream()).toList();
        String same = transfer().as().stream()
                .map(column -> "new." + quote(column) + " = wanted." + quote(column))
                .collect(joining(" AND "));
        return "WITH wanted AS MATERIALIZED (" + sql.wanted(which) + "),\ngone AS (DELETE FROM " + sql.into()
                + " AS new USING wanted WHERE " + same + " AND " + sql.differs("new", "wanted") + " RETURNING new.*)\n"
                + insertInto(all) + "\nSELECT "
                + Stream.concat(
                                sql.columns().stream().map(column -> "wanted." + quote(column)),
                                kept.stream().map(column -> "gone." + quote(column)))
                        .collect(joining(", "))
                + "\n  FROM wanted JOIN gone ON " + same.replace("new.", "gone.");
    }

    /**
     * Takes the rows away that must not stand any more.
     *
     * @param keys an item of FROM called {@code key}, with the columns {@code k0, k1, …}: keys of the old table
     */
    public String remove(String keys) {
        if (sql.dialect().mysql()) {
            return new MySqlWrite(sql).remove(keys);
        }
        return "DELETE FROM " + sql.into() + " AS new USING " + keys + "\n WHERE "
                + sql.key().newIs("key")
                + "\n   AND NOT EXISTS (SELECT FROM "
                + sql.from() + " AS old WHERE " + sql.key().oldIs("key")
                + transfer().where().map(where -> " AND (" + where + ")").orElse("")
                + ")";
    }

    /**
     * Takes the rows away whose old row is there, chosen, and has no counterpart. Locks the old rows first, in the order in
     * which the triggers of the old side do.
     */
    public String removeUnwanted(String which) {
        if (sql.dialect().mysql()) {
            return "DELETE new FROM " + sql.from() + " AS old STRAIGHT_JOIN " + sql.into() + " AS new ON "
                    + sql.key().pairs() + "\n WHERE " + which + " AND NOT (" + sql.where() + ")";
        }
        return "DELETE FROM " + sql.into() + " AS new USING " + sql.from() + " AS old\n WHERE " + which + " AND "
                + sql.key().pairs() + " AND NOT (" + sql.where() + ")";
    }
}
