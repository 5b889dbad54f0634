package dev.turnout.worker.jdbc;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The sequences by which PostgreSQL numbers rows that come without a number: of identity and serial columns, and of defaults
 * that draw from one. A number that is written leaves them where they are, so whoever carries numbers over has to move
 * them. MySQL's AUTO_INCREMENT goes beyond every number that it is shown; there is nothing to do. Stateless and thread-safe.
 */
public final class Numbering {
    /** More numbers than a ramp uses up. */
    public static final long FAR = 100_000_000;

    private static final String SEQUENCES = """
            SELECT a.attname, n.nspname, c.relname, q.seqincrement, q.seqmin, q.seqmax
            FROM pg_attribute a
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            JOIN pg_depend p ON (p.classid, p.refclassid, p.refobjid, p.refobjsubid, p.deptype)
                                = ('pg_class'::regclass, 'pg_class'::regclass, a.attrelid, a.attnum, 'i')
                             OR (p.classid, p.objid, p.refclassid) = ('pg_attrdef'::regclass, d.oid, 'pg_class'::regclass)
            JOIN pg_sequence q ON q.seqrelid = CASE WHEN p.deptype = 'i' THEN p.objid ELSE p.refobjid END
            JOIN pg_class c ON c.oid = q.seqrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
              AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)""";

    private Numbering() {}

    private record Sequence(String column, String name, long step, long least, long most) {
        boolean down() {
            return step < 0;
        }

        long upwards(long number) {
            return down() ? -number : number;
        }
    }

    /**
     * Moves the sequences of some columns beyond every number that stands there, in whole steps; one that is there already
     * stays. Nobody else draws from a sequence between the look and the end of the transaction.
     *
     * @param table as statements name it
     * @param gap numbers to leave free in between; fewer where the sequence would come near its end
     * @return what cannot be moved because the sequence ends before, in words; empty: every one is ahead
     */
    public static List<String> beyond(Connection connection, String table, Collection<String> columns, long gap)
            throws SQLException {
        List<String> ended = new ArrayList<>();
        for (Sequence sequence : of(connection, table, columns)) {
            if (isBeyond(connection, table, sequence, gap)) {
                continue;
            }
            // Changes nothing, and keeps others from drawing: a number that is drawn is never given again.
            Sql.run(connection, "ALTER SEQUENCE " + sequence.name() + " INCREMENT BY " + sequence.step());
            long far = far(connection, table, sequence).orElseThrow();
            long next = sequence.upwards(next(connection, sequence));
            long step = Math.abs(sequence.step());
            long goal = far + free(sequence, far, gap);
            long there = goal < next ? next : next + ((goal - next) / step + 1) * step;
            if (there > most(sequence)) {
                ended.add(table + "." + sequence.column() + " is numbered by " + sequence.name() + ", which ends at "
                        + sequence.upwards(most(sequence)) + ", and " + sequence.upwards(far) + " is taken");
                continue;
            }
            Sql.run(connection, "ALTER SEQUENCE " + sequence.name() + " RESTART WITH " + sequence.upwards(there));
        }
        return ended;
    }

    /** The sequences of some columns that this role may not move, in words; empty: it may move every one. */
    public static List<String> immovable(Connection connection, String table, Collection<String> columns)
            throws SQLException {
        List<String> immovable = new ArrayList<>();
        for (Sequence sequence : of(connection, table, columns)) {
            List<String> owner = Sql.rows(
                            connection,
                            "SELECT pg_get_userbyid(relowner), current_user, pg_has_role(relowner, 'USAGE') FROM pg_class"
                                    + " WHERE oid = to_regclass(?)",
                            sequence.name())
                    .get(0);
            if (owner.get(2).equals("f")) {
                immovable.add(table + "." + sequence.column() + " is numbered by " + sequence.name() + ", which "
                        + owner.get(0) + " alone may move: GRANT " + quote(owner.get(0)) + " TO "
                        + quote(owner.get(1)));
            }
        }
        return immovable;
    }

    /**
     * Whether two columns draw from two sequences that go up in the same steps and will give the same number, sooner or
     * later.
     *
     * @param within so many numbers of now
     */
    public static boolean meet(
            Connection connection, String table, String column, String otherTable, String otherColumn, long within)
            throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return false;
        }
        for (Sequence one : of(connection, table, List.of(column))) {
            for (Sequence other : of(connection, otherTable, List.of(otherColumn))) {
                long apart = next(connection, one) - next(connection, other);
                if (!one.name().equals(other.name())
                        && Math.abs(apart) < within
                        && (one.step() != other.step() || apart % one.step() == 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Sequence> of(Connection connection, String table, Collection<String> columns)
            throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return List.of();
        }
        return Sql.rows(connection, SEQUENCES, table).stream()
                .filter(row -> columns.contains(row.get(0)))
                .map(row -> new Sequence(
                        row.get(0),
                        quote(row.get(1)) + "." + quote(row.get(2)),
                        Long.parseLong(row.get(3)),
                        Long.parseLong(row.get(4)),
                        Long.parseLong(row.get(5))))
                .distinct()
                .toList();
    }

    private static boolean isBeyond(Connection connection, String table, Sequence sequence, long gap)
            throws SQLException {
        Optional<Long> far = far(connection, table, sequence);
        // Half of the gap is gap enough: what was moved once need not be moved for every number that is used up.
        return far.isEmpty()
                || sequence.upwards(next(connection, sequence)) > far.get() + free(sequence, far.get(), gap) / 2;
    }

    /** Never more than a quarter of what is left. */
    private static long free(Sequence sequence, long far, long gap) {
        return Math.max(0, Math.min(gap, most(sequence) / 4 - far / 4));
    }

    private static long most(Sequence sequence) {
        // The least number has no counterpart upwards.
        return sequence.down() ? -Math.max(sequence.least(), -Long.MAX_VALUE) : sequence.most();
    }

    /** The number farthest in the direction of the sequence, as if that went upwards. */
    private static Optional<Long> far(Connection connection, String table, Sequence sequence) throws SQLException {
        return Sql.value(
                        connection,
                        "SELECT " + (sequence.down() ? "min(" : "max(") + quote(sequence.column()) + ") FROM " + table)
                .map(number -> sequence.upwards(Long.parseLong(number)));
    }

    private static long next(Connection connection, Sequence sequence) throws SQLException {
        List<String> state = Sql.rows(connection, "SELECT last_value, is_called FROM " + sequence.name())
                .get(0);
        return Long.parseLong(state.get(0)) + (state.get(1).equals("t") ? sequence.step() : 0);
    }
}
