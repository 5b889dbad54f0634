package dev.turnout.worker.bookkeeping;

import dev.turnout.migration.Phase;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The changes of the schema that stand for a run. Each is written in the transaction that makes the change, and deleted in
 * the one that takes it back. Stateless and thread-safe.
 */
public final class Steps {
    private Steps() {}

    public enum Kind {
        EXPAND(Phase.EXPANDING),
        SYNC(Phase.SYNCING),
        CONTRACT(Phase.CONTRACTING);

        private final Phase phase;

        Kind(Phase phase) {
            this.phase = phase;
        }

        SchemaLog.What what(Standing step, boolean undo) {
            return new SchemaLog.What(phase, step.ordinal(), step.title(), undo);
        }
    }

    public enum State {
        /** Statements that run outside a transaction may have run. */
        BEGUN,
        APPLIED,
        /** It was there before the run, so it is not taken back. */
        ADOPTED
    }

    /**
     * A change that stands.
     *
     * @param hash see {@link #hash}; for SYNC of what the catalogue holds
     * @param made columns added or triggers made; empty for SQL of the operator
     */
    public record Standing(int ordinal, String title, String hash, State state, List<String> made) {
        public Standing {
            made = List.copyOf(made);
        }
    }

    /** By ordinal, ascending. */
    public static Map<Integer, Standing> standing(Connection connection, Site site, Kind kind) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT ordinal, title, hash, state, made FROM turnout.step WHERE run = ? AND kind = ?")) {
            select.setLong(1, site.run());
            select.setString(2, kind.name());
            Map<Integer, Standing> steps = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    steps.put(
                            row.getInt(1),
                            new Standing(
                                    row.getInt(1),
                                    row.getString(2),
                                    row.getString(3),
                                    State.valueOf(row.getString(4)),
                                    Texts.list(row.getString(5))));
                }
            }
            return steps;
        }
    }

    /** Replaces an earlier record of the same step, and is logged. */
    public static void record(Connection connection, Site site, Kind kind, Standing step) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        String sql = "INSERT INTO turnout.step (run, kind, ordinal, title, hash, state, made, at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, " + dialect.now() + ")"
                + dialect.upsert(
                        "turnout.step", List.of("run", "kind", "ordinal"), List.of("hash", "state", "made", "at"));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, site.run());
            insert.setString(2, kind.name());
            insert.setInt(3, step.ordinal());
            insert.setString(4, step.title());
            insert.setString(5, step.hash());
            insert.setString(6, step.state().name());
            insert.setString(7, Texts.json(step.made()));
            insert.executeUpdate();
        }
        switch (step.state()) {
            case BEGUN -> SchemaLog.begun(connection, site, kind.what(step, false));
            case APPLIED -> SchemaLog.ended(connection, site, kind.what(step, false), SchemaLog.State.APPLIED);
            case ADOPTED -> SchemaLog.ended(connection, site, kind.what(step, false), SchemaLog.State.ADOPTED);
        }
    }

    /** To be called before a step is taken back: from then on it takes its time, as the log has it. */
    public static void takingBack(Connection connection, Site site, Kind kind, int ordinal) throws SQLException {
        Standing step = standing(connection, site, kind).get(ordinal);
        if (step != null) {
            SchemaLog.cut(connection, site, kind.what(step, false));
            SchemaLog.begun(connection, site, kind.what(step, true));
        }
    }

    /** It is taken back, and that is logged. */
    public static void forget(Connection connection, Site site, Kind kind, int ordinal) throws SQLException {
        Standing step = standing(connection, site, kind).get(ordinal);
        if (step != null) {
            SchemaLog.cut(connection, site, kind.what(step, false));
            SchemaLog.ended(connection, site, kind.what(step, true), SchemaLog.State.APPLIED);
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM turnout.step WHERE run = ? AND kind = ? AND ordinal = ?")) {
            delete.setLong(1, site.run());
            delete.setString(2, kind.name());
            delete.setInt(3, ordinal);
            delete.executeUpdate();
        }
    }

    /** SHA-256 in hex. */
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
