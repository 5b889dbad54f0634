package dev.turnout.worker.verify;

import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a range with the mapping: one statement, so one snapshot, and no lock. Since the triggers write both
 * sides of a row in one statement, what it finds is never a write that is still under way. Immutable.
 */
final class DifferenceQuery {
    static final int SAMPLES = 20;

    private final Site site;
    private final Mapping mapping;
    private final KeySql key;

    DifferenceQuery(Site site, Mapping mapping, KeySql key) {
        this.site = site;
        this.mapping = mapping;
        this.key = key;
    }

    /**
     * The count is what decides; only where it is not zero are examples asked for. By then a row may have been mended.
     *
     * @param from the table, called {@code old}: the real one or a copy with the same columns
     * @throws SQLException also when the mapping fails on a row that is not put aside
     */
    Difference run(Connection connection, String from, KeyRange range) throws SQLException {
        String aside = RejectedRows.isRejected(site, mapping.move(), key);
        // CASE, not AND: the mapping may raise on the very rows that are put aside.
        String wrong = "CASE WHEN " + aside + " THEN false ELSE " + KeySql.verbatim(mapping.differs()) + " END";
        String counts =
                "SELECT count(*), count(CASE WHEN aside THEN 1 END), count(CASE WHEN wrong THEN 1 END) FROM (SELECT "
                        + aside + " AS aside, " + wrong + " AS wrong FROM " + from + " WHERE " + key.within(range)
                        + ") AS compared";
        try (PreparedStatement select = connection.prepareStatement(counts)) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long differing = row.getLong(3);
                return new Difference(
                        row.getLong(1),
                        row.getLong(2),
                        differing,
                        differing == 0 ? List.of() : examples(connection, from, range, wrong));
            }
        }
    }

    private List<Difference.Sample> examples(Connection connection, String from, KeyRange range, String wrong)
            throws SQLException {
        List<String> columns = List.copyOf(mapping.move().up().keySet());
        String values = columns.stream().map(this::example).collect(Collectors.joining());
        String sql = "SELECT " + key.dialect().asText(key.asJson()) + KeySql.verbatim(values) + " FROM " + from
                + " WHERE " + key.within(range) + " AND " + wrong + " LIMIT " + SAMPLES;
        List<Difference.Sample> samples = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    for (int i = 0; i < columns.size(); i++) {
                        if (row.getBoolean(2 + 3 * i)) {
                            samples.add(new Difference.Sample(
                                    row.getString(1),
                                    columns.get(i),
                                    shown(row.getString(3 + 3 * i)),
                                    shown(row.getString(4 + 3 * i))));
                        }
                    }
                }
            }
        }
        return samples;
    }

    private String example(String column) {
        Dialect dialect = key.dialect();
        TableColumn type = Objects.requireNonNull(mapping.columns().get(column));
        String up = "(" + mapping.move().up().get(column) + ")";
        boolean bytes = dialect.mysql() && type.family() == TableColumn.Family.BINARY;
        return ", " + mapping.differs(column) + ", " + (bytes ? dialect.hex(up) : dialect.asText(up)) + ", "
                + type.text("old");
    }

    private static String shown(@Nullable String value) {
        return value == null ? "NULL" : value;
    }
}
