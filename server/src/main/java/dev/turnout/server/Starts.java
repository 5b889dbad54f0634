package dev.turnout.server;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** How parts of a process are started, so that {@link Stops} knows how to stop them. Blocks: not on an event loop. */
record Starts(Vertx vertx, Stops stops) {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    /** Of any one part; together they stay below what an operator waits for after Ctrl-C. */
    private static final Duration LONGEST_STOP = Duration.ofMillis(2500);

    void deploy(String what, Supplier<Deployable> verticle, int instances) {
        String deployed = started(vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(instances)));
        stops.add(what, deployed, id -> stopped(vertx.undeploy(id)));
    }

    static <T> T started(Future<T> future) {
        return wait(future, LONGEST_START);
    }

    static void stopped(Future<?> future) {
        wait(future, LONGEST_STOP);
    }

    /** Not {@link Future#await}: a checked failure would come out undeclared. */
    private static <T> T wait(Future<T> future, Duration longest) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done within " + longest, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
