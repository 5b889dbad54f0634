package dev.turnout.worker.preflight;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Refuses what can be refused before the first change, all at once. Changes nothing and never keeps an application waiting
 * for longer than a lock timeout. Stateless and thread-safe.
 */
public final class Preflight implements PhaseWork {
    private static final Limits LIMITS = new Limits(Limits.DDL.lock(), Duration.ofSeconds(30), 1);

    @Override
    public Stride stride(Site site) throws SQLException {
        Findings findings;
        try {
            findings = inspect(site.spec(), site.database());
        } catch (SQLException e) {
            return Blocked.instead(site.database(), "the preflight", e);
        }
        if (!findings.problems().isEmpty()) {
            return new Stride.Stop(
                    "the preflight found " + findings.problems().size() + " problem(s); nothing was changed",
                    findings.problems(),
                    "mend what is named and resume, or roll back and start with a mended spec");
        }
        return new Stride.Done(
                "the preflight found no problem",
                Map.of(
                        "tables", findings.tables(),
                        "warnings", findings.warnings(),
                        "trials", findings.trials()));
    }

    /**
     * Looks at the live database without a run.
     *
     * @throws SQLException only when the database cannot be asked; what it says about the spec is in the findings
     */
    public static Findings inspect(Spec spec, Database database) throws SQLException {
        Findings.Notes notes = new Findings.Notes();
        if (database.dialect().mysql()) {
            mysql(spec, database, notes);
            return notes.findings();
        }
        database.transaction(LIMITS, connection -> {
            new ServerCheck(connection, notes).run();
            for (Move move : spec.moves()) {
                new TableCheck(connection, move, notes).run();
                if (!move.scope().equals(Move.Scope.EVERY_ROW)) {
                    notes.problem(
                            "move " + move.table() + " has 'where', 'quarantine' or 'in place'",
                            "these are for MySQL; in PostgreSQL say it with CASE in up");
                }
            }
            SearchPath.of(connection, spec, Side.OLD);
            for (Transfer transfer : spec.transfers()) {
                if (!spec.remote(transfer)) {
                    new TableCheck(connection, asMove(transfer), notes).run();
                    new TransferCheck(connection, spec, transfer, notes).before();
                }
            }
            return notes;
        });
        ContractCheck.run(spec.contract(), notes);
        // On tables that are not what they should be, every expression would be a problem of its own.
        if (notes.clean()) {
            tryOut(database, notes, connection -> new ScratchCheck(connection, spec, notes)
                    .run(scratch -> new Trial(connection, database, spec, notes, scratch).run()));
        }
        if (notes.clean()) {
            tryOut(database, notes, connection -> new AdoptionCheck(connection, spec.expandHere(), notes).run());
        }
        return notes.findings();
    }

    /**
     * Looks at the server, the role and what goes on there, for no spec in particular. Changes nothing.
     *
     * @throws SQLException only when the database cannot be asked
     */
    public static Findings server(Database database) throws SQLException {
        Findings.Notes notes = new Findings.Notes();
        database.transaction(LIMITS, connection -> {
            if (database.dialect().mysql()) {
                new MySqlServerCheck(connection, notes).run();
            } else {
                new ServerCheck(connection, notes).run();
            }
            return notes;
        });
        return notes.findings();
    }

    private static void mysql(Spec spec, Database database, Findings.Notes notes) throws SQLException {
        database.transaction(LIMITS, connection -> {
            new MySqlServerCheck(connection, notes).run();
            for (Move move : spec.moves()) {
                new MySqlTableCheck(connection, move, notes).run();
                if (database.dialect().mariaDb()) {
                    notes.warning(
                            "move " + move.table()
                                    + " puts a BEFORE INSERT trigger on its table, where MariaDB (seen in"
                                    + " 11.4) refuses an INSERT … SELECT of several rows that lists its columns, with \"Column … cannot"
                                    + " be null\": see that no application has one; VALUES and a SELECT without a list are fine");
                }
            }
            for (Transfer transfer : spec.transfers()) {
                if (!spec.remote(transfer)) {
                    new MySqlTableCheck(connection, asMove(transfer), notes).run();
                    new MySqlTransferCheck(connection, spec, transfer, notes).run();
                    new TransferCheck(connection, spec, transfer, notes).before();
                }
            }
            return notes;
        });
        ContractCheck.run(spec.contract(), notes);
        if (notes.clean()) {
            database.alone(LIMITS, connection -> {
                try {
                    new MySqlScratchCheck(connection, spec, notes).run();
                } catch (SQLException e) {
                    if (Failure.of(e).transientLike()) {
                        throw e;
                    }
                    notes.problem(
                            "the spec cannot be tried out: " + Failure.words(e),
                            "the role of the connection needs CREATE, DROP and TRIGGER on the server: the bookkeeping and the"
                                    + " trial have databases of their own");
                }
                return notes;
            });
        }
    }

    private interface Check {
        void run(Connection connection) throws SQLException;
    }

    private static void tryOut(Database database, Findings.Notes notes, Check check) throws SQLException {
        database.transaction(LIMITS, connection -> {
            try {
                check.run(connection);
            } catch (SQLException e) {
                if (Failure.of(e).transientLike()) {
                    throw e;
                }
                notes.problem(
                        "the spec cannot be tried out: " + Failure.words(e),
                        "the role of the connection needs CREATE and TEMPORARY on the database");
            } finally {
                connection.rollback();
            }
            return notes;
        });
    }

    /** What a table must be to be moved within itself, it must be to be moved from. */
    private static Move asMove(Transfer transfer) {
        return new Move(
                transfer.from().table(),
                transfer.key(),
                Map.of(),
                transfer.down(),
                List.of(),
                Map.of(),
                transfer.maxRejected());
    }
}
