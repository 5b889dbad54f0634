package dev.turnout.server.cli;

import dev.turnout.server.Server;
import dev.turnout.server.Server.Part;
import dev.turnout.server.StartFailed;
import dev.turnout.server.control.ControlUnreachable;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.embedded.EmbeddedPostgresFailed;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runs a process until Ctrl-C, which stops it in order. */
final class Running {
    private Running() {}

    /**
     * Returns only when interrupted; the JVM itself ends with 130 after Ctrl-C.
     *
     * @param ready told once everything is started
     * @throws CommandFailed when it cannot start
     */
    static void untilStopped(Settings settings, Set<Part> parts, Consumer<Server> ready) {
        AtomicBoolean stopping = new AtomicBoolean();
        try (Server server = new Server(settings)) {
            // Before the start: a Ctrl-C during it must stop what is there already.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopping), "turnout-stop"));
            begin(server, parts, stopping);
            ready.accept(server);
            forever();
        } catch (StartFailed | ControlUnreachable | DatabaseUnreachable | EmbeddedPostgresFailed e) {
            throw CommandFailed.badInput(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void begin(Server server, Set<Part> parts, AtomicBoolean stopping) throws InterruptedException {
        try {
            server.start(parts);
        } catch (RuntimeException e) {
            if (stopping.get()) {
                // What fails now fails because of the stop, which ends the JVM.
                forever();
            }
            throw e;
        }
    }

    private static void stop(Server server, AtomicBoolean stopping) {
        stopping.set(true);
        server.close();
    }

    private static void forever() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
