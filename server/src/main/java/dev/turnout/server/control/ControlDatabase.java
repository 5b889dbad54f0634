package dev.turnout.server.control;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control database. Everything is a transaction; there is no other way in. Thread-safe; futures complete on the
 * caller's context.
 *
 * <p>Fails with {@link ControlUnreachable} when the database does not answer and with {@link OutcomeUnknown} when the
 * connection broke during a commit.
 */
public final class ControlDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(ControlDatabase.class);

    /** Enough for twenty writers of one row to get past each other. */
    private static final int YIELD_ATTEMPTS = 10;

    private static final Duration LONGEST_YIELD = Duration.ofMillis(50);

    private final Vertx vertx;
    private final ControlSettings settings;
    private final ExecutorService builder;
    /** Written on the builder thread only. */
    private volatile ControlPool current;

    private volatile boolean closing;

    private ControlDatabase(Vertx vertx, ControlSettings settings, ExecutorService builder, ControlPool first) {
        this.vertx = vertx;
        this.settings = settings;
        this.builder = builder;
        this.current = first;
    }

    /**
     * Brings the schema up to date and opens the pool.
     *
     * @return fails with {@link ControlUnreachable} when the database does not answer
     */
    public static Future<ControlDatabase> open(Vertx vertx, ControlSettings settings) {
        ExecutorService builder = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "turnout-control-pool");
            thread.setDaemon(true);
            return thread;
        });
        Supplier<ControlDatabase> opening = () -> {
            ControlSchema.migrate(settings);
            return new ControlDatabase(vertx, settings, builder, new ControlPool(vertx, settings, builder));
        };
        return on(builder, vertx, opening).recover(failure -> {
            builder.shutdown();
            return Future.failedFuture(Trouble.refused(failure) ? new ControlUnreachable(settings, failure) : failure);
        });
    }

    /** Runs what blocks on a thread without a Vert.x context; completes on the caller's context. */
    private static <T> Future<T> on(ExecutorService builder, Vertx vertx, Supplier<T> blocking) {
        return Future.fromCompletionStage(CompletableFuture.supplyAsync(blocking, builder), vertx.getOrCreateContext())
                .recover(failure -> Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure));
    }

    /**
     * Runs the work in one READ COMMITTED transaction. The work may run again from its start, on another connection,
     * when the database made it yield or when the connection was lost before the commit began: so it has no effects but
     * on the database. A failed work is rolled back.
     */
    public <T> Future<T> transaction(Function<Tx, Future<T>> work) {
        return attempt(work, 1, true);
    }

    private <T> Future<T> attempt(Function<Tx, Future<T>> work, int attempt, boolean mayReconnect) {
        ControlPool pool = current;
        if (!pool.lend()) {
            return current == pool
                    ? Future.failedFuture(new IllegalStateException("the control database is closed"))
                    : attempt(work, attempt, mayReconnect);
        }
        return once(pool, work).onComplete(done -> pool.giveBack()).recover(failure -> {
            return switch (Trouble.of(failure)) {
                case CONNECTION_LOST ->
                    reconnect(pool, failure)
                            .compose(replaced -> mayReconnect && !(failure instanceof OutcomeUnknown)
                                    ? attempt(work, attempt, false)
                                    : Future.failedFuture(
                                            failure instanceof OutcomeUnknown
                                                    ? failure
                                                    : new ControlUnreachable(settings, failure)));
                case YIELDED ->
                    attempt == YIELD_ATTEMPTS
                            ? Future.failedFuture(failure)
                            : pause(attempt).compose(passed -> attempt(work, attempt + 1, mayReconnect));
                case LASTING -> Future.failedFuture(failure);
            };
        });
    }

    private <T> Future<T> once(ControlPool pool, Function<Tx, Future<T>> work) {
        return pool.connection().compose(connection -> connection
                .begin()
                .compose(begun -> within(connection, begun, work))
                .eventually(connection::close));
    }

    private static <T> Future<T> within(SqlConnection connection, Transaction begun, Function<Tx, Future<T>> work) {
        Future<T> worked;
        try {
            worked = work.apply(new Tx(connection));
        } catch (RuntimeException e) {
            worked = Future.failedFuture(e);
        }
        return worked.compose(
                result -> begun.commit()
                        .map(result)
                        .recover(failure -> Future.failedFuture(
                                Trouble.of(failure) == Trouble.CONNECTION_LOST
                                        ? new OutcomeUnknown(failure)
                                        : failure)),
                failure -> begun.rollback()
                        // The connection may be the very thing that failed; the first failure is the one that matters.
                        .transform(undone -> Future.failedFuture(failure)));
    }

    private Future<Void> pause(int attempt) {
        long most = Math.min(LONGEST_YIELD.toMillis(), 2L << attempt);
        return vertx.timer(1 + ThreadLocalRandom.current().nextLong(most), TimeUnit.MILLISECONDS)
                .mapEmpty();
    }

    /** All connections of a pool are suspect once one was lost: the client would go on lending them. */
    private Future<ControlPool> reconnect(ControlPool lost, Throwable why) {
        return on(builder, vertx, () -> {
            if (current == lost && !closing) {
                LOG.warn("connection to the control database at {} lost, connecting anew: {}", settings.address(), why);
                current = new ControlPool(vertx, settings, builder);
                lost.retire();
            }
            return current;
        });
    }

    /** Lets transactions under way finish, then closes; new ones fail. */
    public Future<Void> close() {
        return on(builder, vertx, () -> {
                    closing = true;
                    return current.retire();
                })
                .compose(closed -> Future.fromCompletionStage(closed, vertx.getOrCreateContext()))
                .onComplete(done -> builder.shutdown());
    }
}
