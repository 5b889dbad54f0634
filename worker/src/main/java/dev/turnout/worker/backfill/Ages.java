package dev.turnout.worker.backfill;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How old the verification of the chunks is, along the keys. Immutable.
 *
 * @param cells by table or transfer, in the order of the keys: business time of the oldest verification among the chunks of a cell,
 *     empty when one of them was never verified. At most {@value #CELLS} of each
 */
public record Ages(Map<String, List<Optional<Instant>>> cells) {
    /** What a page shows in one line and a note carries with ease; a cell of a larger table has more chunks. */
    public static final int CELLS = 48;

    public static final Ages NONE = new Ages(Map.of());

    /** The tail has the greatest keys. NTILE gives consecutive chunks to a cell, one each where there are few. */
    private static final String SELECT = """
            SELECT table_name, cell, count(*), count(verified_at), min(verified_at) FROM (
              SELECT table_name, verified_at, NTILE(%d) OVER (
                PARTITION BY table_name ORDER BY CASE WHEN seq = %d THEN 1 ELSE 0 END, seq) AS cell
              FROM turnout.chunk WHERE run = ?) c
            GROUP BY table_name, cell ORDER BY table_name, cell""".formatted(CELLS, Chunks.TAIL);

    public Ages {
        Map<String, List<Optional<Instant>>> copy = new LinkedHashMap<>();
        cells.forEach((table, moments) -> copy.put(table, List.copyOf(moments)));
        cells = Collections.unmodifiableMap(copy);
    }

    public static Ages of(Connection connection, Site site) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        Map<String, List<Optional<Instant>>> cells = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, site.run());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    boolean whole = row.getLong(3) == row.getLong(4);
                    cells.computeIfAbsent(row.getString(1), table -> new ArrayList<>())
                            .add(
                                    whole
                                            // Downwards: a proof is never shown younger than it is.
                                            ? Optional.of(dialect.moment(row, 5).truncatedTo(ChronoUnit.SECONDS))
                                            : Optional.empty());
                }
            }
        }
        return new Ages(cells);
    }
}
