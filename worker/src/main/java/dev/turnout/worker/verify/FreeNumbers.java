package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Numbering;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees to it that a side gives its own new rows no number that a row carried over has. Of transfers within one server;
 * between two, the flip does it. Stateless and thread-safe.
 */
public final class FreeNumbers implements PhaseWork {
    /** Once moved apart they stay so: what a ramp has used up since is less than half of it. */
    private static final long NEAR = Numbering.FAR / 2;

    /** Before the first unit may write the new side. */
    @Override
    public Stride stride(Site site) throws SQLException {
        try {
            List<String> taken = site.database().transaction(Limits.DDL, connection -> {
                Bookkeeping.fence(connection, site);
                SearchPath.of(connection, site.spec(), Side.OLD);
                return ofNewSide(connection, site.spec());
            });
            return taken.isEmpty()
                    ? new Stride.Done("new rows get numbers that no row has", Map.of())
                    : new Stride.Stop(
                            "new rows would get numbers that rows have already",
                            taken,
                            "raise the end of the sequence (ALTER SEQUENCE … MAXVALUE …), then resume");
        } catch (SQLException e) {
            if (!Failure.of(e).transientLike() || Failure.of(e) == Failure.CONNECTION_LOST) {
                throw e;
            }
            return Blocked.instead(site.database(), "moving what numbers the new rows", e);
        }
    }

    /** @return what cannot be moved, in words */
    public static List<String> ofNewSide(Connection connection, Spec spec) throws SQLException {
        List<String> taken = new ArrayList<>();
        for (Transfer transfer : here(spec)) {
            String into = quoted(spec.into(transfer));
            // Both sides will be written at once, each drawing from its own.
            long gap = meeting(connection, spec, transfer) ? Numbering.FAR : 0;
            taken.addAll(Numbering.beyond(connection, into, transfer.up().keySet(), gap));
        }
        return taken;
    }

    /** For the old side, once nothing comes back any more. */
    public static void ofOldSide(Connection connection, Spec spec) throws SQLException {
        for (Transfer transfer : here(spec)) {
            if (!transfer.down().isEmpty()) {
                Numbering.beyond(connection, quoted(from(spec, transfer)), written(transfer), 0);
            }
        }
    }

    /** Sequences of a transfer within one server that could not be moved, in words; for the preflight. */
    public static List<String> immovable(Connection connection, Spec spec, Transfer transfer) throws SQLException {
        List<String> immovable = new ArrayList<>(Numbering.immovable(
                connection, quoted(spec.into(transfer)), transfer.up().keySet()));
        if (!transfer.down().isEmpty()) {
            immovable.addAll(Numbering.immovable(connection, quoted(from(spec, transfer)), written(transfer)));
        }
        return immovable;
    }

    private static Set<String> written(Transfer transfer) {
        Set<String> written = new LinkedHashSet<>(transfer.key());
        written.addAll(transfer.down().keySet());
        return written;
    }

    private static boolean meeting(Connection connection, Spec spec, Transfer transfer) throws SQLException {
        if (transfer.down().isEmpty()) {
            return false;
        }
        for (String column : transfer.as()) {
            Optional<String> key = transfer.keyColumn(column);
            if (key.isPresent()
                    && Numbering.meet(
                            connection,
                            quoted(from(spec, transfer)),
                            key.get(),
                            quoted(spec.into(transfer)),
                            column,
                            NEAR)) {
                return true;
            }
        }
        return false;
    }

    private static List<Transfer> here(Spec spec) {
        return spec.transfers().stream()
                .filter(transfer -> !spec.remote(transfer))
                .toList();
    }

    private static TableName from(Spec spec, Transfer transfer) {
        return transfer.from().in(spec.place(Side.OLD).schema());
    }

    private static String quoted(TableName table) {
        return table.schema().map(schema -> quote(schema) + ".").orElse("") + quote(table.table());
    }
}
