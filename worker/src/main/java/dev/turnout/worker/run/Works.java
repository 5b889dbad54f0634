package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.verify.RollingVerification;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes the work of a phase, anew for each time that a run enters it or changes hands. */
interface Works {
    /**
     * @param orders what operators say now; asked on worker threads, again and again
     * @param verified told on a worker thread how the verification stands
     */
    PhaseWork of(Phase phase, Supplier<RunBoard.Orders> orders, Consumer<RollingVerification.Result> verified);

    /** What has to go on beside the work of a phase, in a lane of its own; empty: nothing. */
    default Optional<PhaseWork> beside(Phase phase) {
        return Optional.empty();
    }

    /** How many strides of the phase may run at once. */
    int lanes(Phase phase, Tuning tuning);

    /** The rows that are put aside, after they were tried again where that is wanted. Blocks. */
    RunBoard.Rejected rejected(Site site, boolean tryAgain) throws SQLException;

    /** What was done to the schema, the oldest first. Blocks. */
    default List<SchemaLog.Line> schemaLog(Site site) throws SQLException {
        return List.of();
    }

    /** The batches since the last call. */
    default List<BatchLog.Line> batches() {
        return List.of();
    }

    /** The irreversible step that has run or begun, after which there is no way back; empty: there is one. Blocks. */
    Optional<String> pointOfNoReturn(Site site) throws SQLException;
}
