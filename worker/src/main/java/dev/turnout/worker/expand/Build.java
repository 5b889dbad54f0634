package dev.turnout.worker.expand;

import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A statement that goes on by itself, on a thread and a connection of its own, until the server has done it. Thread-safe. */
final class Build {
    private final String statement;
    private final CompletableFuture<Integer> pid = new CompletableFuture<>();
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    private Build(String statement) {
        this.statement = statement;
    }

    /** Each of its statements commits alone. */
    interface Statements {
        void run(Connection connection) throws SQLException;
    }

    static Build begin(Database database, Limits limits, String statement, Statements statements) {
        Build build = new Build(statement);
        Thread thread = new Thread(() -> build.go(database, limits, statements), "turnout-build");
        thread.setDaemon(true);
        thread.start();
        return build;
    }

    private void go(Database database, Limits limits, Statements statements) {
        try {
            done.complete(database.alone(limits, connection -> {
                pid.complete(Integer.valueOf(
                        Sql.value(connection, "SELECT pg_backend_pid()").orElseThrow()));
                statements.run(connection);
                return true;
            }));
        } catch (SQLException | RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    String statement() {
        return statement;
    }

    /** The server process that builds; empty before it has begun. */
    Optional<Integer> pid() {
        return Optional.ofNullable(pid.getNow(null));
    }

    /** Waits so long at most. */
    boolean over(Duration wait) {
        try {
            done.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * To be asked when it is over.
     *
     * @throws SQLException what the database said
     */
    void result() throws SQLException {
        try {
            done.getNow(false);
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
