package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.bookkeeping.Texts;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code turnout.chunk}. Of every table, chunk 0 is the tail: the keys above the greatest one that stood when
 * the chunks were planned. The triggers have written its rows, so it is DONE from the start; it is verified like any other.
 * Stateless and thread-safe; the caller's transaction decides.
 */
public final class Chunks {
    public static final int TAIL = 0;
    /** More than there are lanes: if so many are taken, there is nothing to do here for the moment. */
    private static final int CANDIDATES = 64;

    static final String COLUMNS = "id, table_name, seq, lo, hi, watermark, rows_done";

    private Chunks() {}

    /** Adds a chunk; changes nothing when one of that number is there. */
    public static void plan(Connection connection, Site site, String table, int seq, KeyRange range)
            throws SQLException {
        String sql = "INSERT INTO turnout.chunk (run, table_name, seq, lo, hi, state) VALUES (?, ?, ?, ?, ?, ?)"
                + Dialect.of(connection).upsert("turnout.chunk", List.of("run", "table_name", "seq"), List.of());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, site.run());
            insert.setString(2, table);
            insert.setInt(3, seq);
            insert.setString(4, json(range.lo()));
            insert.setString(5, json(range.hi()));
            insert.setString(6, seq == TAIL ? "DONE" : "OPEN");
            insert.executeUpdate();
        }
    }

    public static Optional<Chunk> tail(Connection connection, Site site, String table) throws SQLException {
        return one(connection, site, "table_name = ? AND seq = 0", table);
    }

    /** The chunk planned last; the tail when there is no other. */
    public static Optional<Chunk> latest(Connection connection, Site site, String table) throws SQLException {
        return one(connection, site, "table_name = ? ORDER BY seq DESC LIMIT 1", table);
    }

    private static Optional<Chunk> one(Connection connection, Site site, String which, String table)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM turnout.chunk WHERE run = ? AND " + which)) {
            select.setLong(1, site.run());
            select.setString(2, table);
            return chunks(select).stream().findFirst();
        }
    }

    /**
     * Locks an open chunk until the transaction ends: the lane's own if it has one, else one that nobody holds. A chunk
     * is free when its lease has run out by the database's clock, or was given under an older epoch.
     *
     * <p>The candidates are looked at without a lock and then locked one by one: MySQL locks every row that a sort reads.
     */
    static Optional<Chunk> lease(Connection connection, Site site) throws SQLException {
        return lease(connection, site, local(site));
    }

    /** As the other one, where the lane knows which chunk it worked on: nothing has to be looked for if that is still free. */
    static Optional<Chunk> lease(Connection connection, Site site, long held) throws SQLException {
        Optional<Chunk> again = lock(connection, site, free(connection, site, local(site)), held);
        return again.isPresent() ? again : lease(connection, site);
    }

    private static List<String> local(Site site) {
        return Source.all(site.spec()).stream().map(Source::name).toList();
    }

    private static String among(List<String> names) {
        return names.isEmpty()
                ? " AND 1 = 0"
                : " AND table_name IN ("
                        + names.stream().map(name -> literal(name)).collect(joining(", ")) + ")";
    }

    /** {@link #lease(Connection, Site)}, among the chunks of some moves. */
    public static Optional<Chunk> lease(Connection connection, Site site, List<String> names) throws SQLException {
        String free = free(connection, site, names);
        List<Long> candidates = new ArrayList<>();
        String mineFirst =
                "SELECT id" + free + " ORDER BY CASE WHEN owner = ? THEN 0 ELSE 1 END, id LIMIT " + CANDIDATES;
        try (PreparedStatement select = connection.prepareStatement(mineFirst)) {
            bindFree(select, site);
            select.setString(4, owner(site));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    candidates.add(row.getLong(1));
                }
            }
        }
        for (long id : candidates) {
            Optional<Chunk> locked = lock(connection, site, free, id);
            if (locked.isPresent()) {
                return locked;
            }
        }
        return Optional.empty();
    }

    private static Optional<Chunk> lock(Connection connection, Site site, String free, long id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + COLUMNS + free + " AND id = ? FOR UPDATE SKIP LOCKED")) {
            bindFree(select, site);
            select.setLong(4, id);
            return chunks(select).stream().findFirst();
        }
    }

    /** The chunks that the lane may have; the parameters are those of {@link #bindFree}. */
    private static String free(Connection connection, Site site, List<String> names) throws SQLException {
        return " FROM turnout.chunk WHERE run = ? AND state = 'OPEN'" + among(names)
                + waiting(connection, site).stream()
                        .map(name -> " AND table_name <> " + literal(name))
                        .collect(joining())
                + " AND (owner IS NULL OR owner = ? OR lease_until < "
                + Dialect.of(connection).now() + " OR epoch < ?)";
    }

    /** Moves that read what another one has not filled yet. */
    private static Set<String> waiting(Connection connection, Site site) throws SQLException {
        Map<String, Set<String>> before = site.spec().before();
        if (before.values().stream().allMatch(Set::isEmpty)) {
            return Set.of();
        }
        Set<String> open = new HashSet<>();
        for (List<String> row : Sql.rows(
                connection,
                "SELECT DISTINCT table_name FROM turnout.chunk WHERE run = ? AND state = 'OPEN'",
                site.run())) {
            open.add(row.get(0));
        }
        return before.entrySet().stream()
                .filter(move -> move.getValue().stream().anyMatch(open::contains))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static void bindFree(PreparedStatement select, Site site) throws SQLException {
        select.setLong(1, site.run());
        select.setString(2, owner(site));
        select.setLong(3, site.epoch());
    }

    /** Lets go of the chunk that the lane holds, if any: it rests, and others need not wait for its lease to end. */
    static void release(Connection connection, Site site) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE turnout.chunk SET owner = NULL, lease_until = NULL
                WHERE run = ? AND owner = ? AND state = 'OPEN' AND epoch = ?""")) {
            update.setLong(1, site.run());
            update.setString(2, owner(site));
            update.setLong(3, site.epoch());
            update.executeUpdate();
        }
    }

    /**
     * Records the batch that this transaction did, and holds the chunk for the lane.
     *
     * @return false when the chunk was closed or taken under a higher epoch; the transaction must be rolled back
     */
    public static boolean checkpoint(Connection connection, Site site, Chunk chunk, Step step, Duration lease)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        String sql =
                "UPDATE turnout.chunk SET rows_done = rows_done + ?, took_ms = took_ms + ?, state = ?, owner = ?, epoch = ?,"
                        + " lease_until = "
                        + dialect.nowPlusMillis("?") + ", watermark = ?"
                        + " WHERE id = ? AND state = 'OPEN' AND epoch <= ? AND " + dialect.same("watermark", "?");
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, step.rows());
            update.setLong(2, step.took().toMillis());
            update.setString(3, step.last() ? "DONE" : "OPEN");
            update.setString(4, owner(site));
            update.setLong(5, site.epoch());
            update.setLong(6, lease.toMillis());
            update.setString(7, json(step.watermark()));
            update.setLong(8, chunk.id());
            update.setLong(9, site.epoch());
            update.setString(10, json(chunk.watermark()));
            return update.executeUpdate() == 1;
        }
    }

    /**
     * @param took until the checkpoint
     * @param last nothing of the chunk is left
     */
    public record Step(Optional<List<String>> watermark, long rows, Duration took, boolean last) {}

    /** Makes the chunk begin anew, for a row in it that is not done after all. */
    static void reopen(Connection connection, Chunk chunk) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE turnout.chunk SET state = 'OPEN', watermark = NULL, rows_done = 0, owner = NULL, lease_until = NULL
                WHERE id = ? AND state = 'DONE'""")) {
            update.setLong(1, chunk.id());
            update.executeUpdate();
        }
    }

    /** How far all chunks of the run are. */
    static Totals totals(Connection connection, Site site) throws SQLException {
        return totals(connection, site, local(site));
    }

    /** How far the chunks of some moves are. */
    public static Totals totals(Connection connection, Site site, List<String> names) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT count(CASE WHEN state = 'OPEN' THEN 1 END), count(*), coalesce(sum(rows_done), 0)
                FROM turnout.chunk WHERE run = ?""" + among(names))) {
            select.setLong(1, site.run());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Totals(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    public record Totals(long open, long all, long rowsDone) {}

    /** Every chunk of a table, in order, the tail first. */
    public static List<Chunk> all(Connection connection, Site site, String table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM turnout.chunk WHERE run = ? AND table_name = ? ORDER BY seq")) {
            select.setLong(1, site.run());
            select.setString(2, table);
            return chunks(select);
        }
    }

    private static String owner(Site site) {
        return site.worker() + "/" + site.lane();
    }

    /** Of a query for {@link #COLUMNS}. */
    static List<Chunk> chunks(PreparedStatement select) throws SQLException {
        List<Chunk> chunks = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                chunks.add(new Chunk(
                        row.getLong("id"),
                        row.getString("table_name"),
                        row.getInt("seq"),
                        new KeyRange(list(row.getString("lo")), list(row.getString("hi"))),
                        list(row.getString("watermark")),
                        row.getLong("rows_done")));
            }
        }
        return chunks;
    }

    private static Optional<List<String>> list(@Nullable String json) {
        return Optional.ofNullable(json).map(Texts::list);
    }

    private static @Nullable String json(Optional<List<String>> key) {
        return key.map(Texts::json).orElse(null);
    }
}
