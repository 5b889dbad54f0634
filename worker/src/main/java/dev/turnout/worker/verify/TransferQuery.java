package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares the rows of the new table with those that follow from a range of the old one: each statement one snapshot and no
 * lock. First as a whole; where that is not right, row by row. Every key is in one range, so a row of the new table that
 * belongs to no old one is found as well. Immutable.
 */
final class TransferQuery {
    /** What is found, or wanted, where there is no row. */
    static final String NO_ROW = "none";

    private final Site site;
    private final Source source;
    private final TransferSql sql;
    private final KeySql key;

    TransferQuery(Site site, Source source, TransferSql sql, KeySql key) {
        this.site = site;
        this.source = source;
        this.sql = sql.withParameters();
        this.key = key;
    }

    Difference run(Connection connection, KeyRange range) throws SQLException {
        Tally tally = tally(connection, range);
        if (tally.alike()) {
            return new Difference(tally.wanted(), 0, 0, List.of());
        }
        Difference rows = rows(connection, range);
        if (rows.differing() > 0 || tally(connection, range).alike()) {
            return rows;
        }
        return new Difference(
                tally.wanted(),
                0,
                1,
                List.of(new Difference.Sample(range.toString(), "of some row", "a row of its own", "another")));
    }

    /**
     * How a range compares as a whole.
     *
     * @param wanted rows that follow from the old side
     * @param found rows of the new one
     * @param pairs of a wanted row and a found one with its key, and rows without any partner
     * @param same pairs without a difference
     */
    private record Tally(long wanted, long found, long pairs, long same) {
        /** Each row has a partner that is the same, and no second one. */
        boolean alike() {
            return wanted == found && found == pairs && pairs == same;
        }
    }

    private Tally tally(Connection connection, KeyRange range) throws SQLException {
        // By the columns that hold the key: the others of the pair are constants, by which no join can be sorted or
        // hashed.
        String together = sql.transfer().as().stream()
                .filter(column -> sql.transfer().keyColumn(column).isPresent())
                .map(column -> "wanted." + quote(column) + " = found." + quote(column))
                .collect(joining(" AND "));
        // It has no FULL JOIN; a row that is found and not wanted shows in the two counts.
        String join = key.dialect().mysql() ? " LEFT JOIN (" : " FULL JOIN (";
        String statement = "SELECT (SELECT count(*) FROM (" + wanted(range) + ") AS w), (SELECT count(*) FROM ("
                + found(range) + ") AS f), count(*), count(CASE WHEN NOT " + sql.differs("wanted", "found")
                + " THEN 1 END) FROM (" + wanted(range) + ") AS wanted" + join + found(range) + ") AS found ON "
                + together;
        try (PreparedStatement select = connection.prepareStatement(statement)) {
            int next = 1;
            for (int times = 0; times < 4; times++) {
                next = key.bind(select, next, range);
            }
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Tally(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private String wanted(KeyRange range) {
        return sql.wanted(key.within(range), RejectedRows.isRejected(site, source, key));
    }

    private String found(KeyRange range) {
        return "SELECT new.* FROM " + sql.into() + " AS new WHERE " + sql.key().owned() + " AND "
                + key.within(range, sql.key().ofNew()) + " AND NOT "
                + RejectedRows.isRejected(site, source, sql.key().ofNewAsJson(), key.dialect());
    }

    /** Rows of either side that are not the same on the other one, as {@code wanted} and {@code found}. */
    private String differing(String columns) {
        String pairs = " ON wanted.turnout_nth = found.turnout_nth AND "
                + sql.transfer().as().stream()
                        .map(column -> "wanted." + quote(column) + " = found." + quote(column))
                        .collect(joining(" AND "));
        if (key.dialect().mysql()) {
            // It has no FULL JOIN.
            return " FROM (SELECT " + columns + " FROM wanted LEFT JOIN found" + pairs
                    + " WHERE found.turnout_here IS NULL OR " + sql.differs("wanted", "found") + " UNION ALL SELECT "
                    + columns + " FROM found LEFT JOIN wanted" + pairs + " WHERE wanted.turnout_here IS NULL) AS d";
        }
        return " FROM (SELECT " + columns + " FROM wanted FULL JOIN found" + pairs
                + " WHERE wanted.turnout_here IS NULL OR found.turnout_here IS NULL OR "
                + sql.differs("wanted", "found") + ") AS d";
    }

    private String bothSides(KeyRange range) {
        String as = key.dialect().mysql() ? " AS (" : " AS MATERIALIZED (";
        return "WITH wanted" + as + counted(wanted(range)) + "), found" + as + counted(found(range)) + ") ";
    }

    /** A row that stands twice has one partner only. */
    private String counted(String rows) {
        return "SELECT true AS turnout_here, row_number() OVER (PARTITION BY "
                + sql.transfer().as().stream()
                        .map(column -> "r." + quote(column))
                        .collect(joining(", "))
                + ") AS turnout_nth, r.* FROM (" + rows + ") AS r";
    }

    /** The old keys of rows that differ, as texts. */
    List<List<String>> keys(Connection connection, KeyRange range, int most) throws SQLException {
        List<String> texts = sql.key().asText("coalesce(wanted.%1$s, found.%1$s)");
        String columns = IntStream.range(0, texts.size())
                .mapToObj(i -> texts.get(i) + " AS k" + i)
                .collect(joining(", "));
        String statement = bothSides(range) + "SELECT * " + differing(columns) + " LIMIT " + most;
        try (PreparedStatement select = connection.prepareStatement(statement)) {
            key.bind(select, key.bind(select, 1, range), range);
            List<List<String>> keys = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int column = 1; column <= texts.size(); column++) {
                        values.add(row.getString(column));
                    }
                    keys.add(values);
                }
            }
            return keys;
        }
    }

    /** Row by row, whatever they are as a whole. */
    Difference rows(Connection connection, KeyRange range) throws SQLException {
        String statement = "SELECT count(*) OVER (), (SELECT count(*) FROM wanted), d.*" + differing(shown())
                + " LIMIT " + DifferenceQuery.SAMPLES;
        try (PreparedStatement select = connection.prepareStatement(bothSides(range) + statement)) {
            key.bind(select, key.bind(select, 1, range), range);
            try (ResultSet row = select.executeQuery()) {
                return read(row);
            }
        }
    }

    /** Which of the two are there, the row's key in words, and each column on both sides with whether it differs. */
    private String shown() {
        Dialect dialect = key.dialect();
        List<String> words = new ArrayList<>();
        for (String column : sql.transfer().as()) {
            words.add(dialect.literal((words.isEmpty() ? "" : ", ") + column + " "));
            words.add(dialect.asText("coalesce(wanted." + quote(column) + ", found." + quote(column) + ")"));
        }
        StringBuilder shown = new StringBuilder(
                        "wanted.turnout_here AS wanted_here, found.turnout_here AS found_here, ")
                .append(String.join(" || ", words))
                .append(" AS which");
        int column = 0;
        for (String name : sql.transfer().up().keySet()) {
            shown.append(", ")
                    .append(dialect.asText("wanted." + quote(name)))
                    .append(" AS w")
                    .append(column);
            shown.append(", ")
                    .append(dialect.asText("found." + quote(name)))
                    .append(" AS f")
                    .append(column);
            shown.append(", ")
                    .append(sql.differs(name, "wanted", "found"))
                    .append(" AS d")
                    .append(column++);
        }
        return shown.toString();
    }

    private Difference read(ResultSet row) throws SQLException {
        List<Difference.Sample> samples = new ArrayList<>();
        long rows = 0;
        long differing = 0;
        while (row.next()) {
            differing = row.getLong(1);
            rows = row.getLong(2);
            String which = row.getString(5);
            if (!row.getBoolean(4)) {
                samples.add(new Difference.Sample(which, "the row", "a row", NO_ROW));
            } else if (!row.getBoolean(3)) {
                samples.add(new Difference.Sample(which, "the row", NO_ROW, "a row"));
            } else {
                int column = 6;
                for (String name : sql.transfer().up().keySet()) {
                    if (row.getBoolean(column + 2)) {
                        samples.add(new Difference.Sample(which, name, shown(row, column), shown(row, column + 1)));
                    }
                    column += 3;
                }
            }
        }
        return new Difference(rows, 0, differing, samples);
    }

    private static String shown(ResultSet row, int column) throws SQLException {
        String value = row.getString(column);
        return value == null ? "NULL" : value;
    }
}
