package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Keeps what carries changes to the new side from beginning another batch, for a moment: the row in which that side has its
 * word of the authority. Who carries shares it before any gate, who pauses has it alone. Stateless and thread-safe.
 */
final class Pause {
    private static final String ROW = "SELECT side FROM turnout.authority WHERE run = ?";

    private Pause() {}

    /** Sees to it that the row is there. Nobody asks the new side's for who has the authority before the flip. */
    static void possible(Site site) throws SQLException {
        site.database(Side.NEW).transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            String there = Dialect.of(connection).upsert("turnout.authority", List.of("run"), List.of());
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO turnout.authority (run, side) VALUES (?, 'OLD')" + there)) {
                insert.setLong(1, site.run());
                return insert.executeUpdate();
            }
        });
    }

    /** For who carries: until the transaction ends. Waits while there is a pause. */
    static void pass(Connection target, Site site) throws SQLException {
        Sql.rows(target, ROW + Dialect.of(target).shareLock(), site.run());
    }

    /** Until the transaction ends; waits for batches under way. Harmless when repeated. */
    static void begin(Connection target, Site site) throws SQLException {
        Sql.rows(target, ROW + " FOR UPDATE", site.run());
    }
}
