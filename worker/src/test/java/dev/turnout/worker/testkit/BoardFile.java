package dev.turnout.worker.testkit;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The board of one run in a folder, so that it outlives a worker that is killed: the worker writes one file, the operator
 * another, each by a rename. One worker at a time may live. Thread-safe.
 */
public final class BoardFile implements RunBoard {
    private static final RolloutView CLOSED =
            new RolloutView(false, false, 0, Optional.empty(), 0, Optional.empty(), Optional.empty());

    private final Path worker;
    private final Path operator;
    private final Bundle bundle;
    private final long run;

    public BoardFile(Path folder, Bundle bundle) {
        this.worker = folder.resolve("worker.properties");
        this.operator = folder.resolve("operator.properties");
        this.bundle = bundle;
        // Databases of one server may share their bookkeeping, so each folder's run has a number of its own.
        this.run = 10_000_000L + Math.floorMod(folder.toAbsolutePath().hashCode(), 1_000_000);
    }

    /**
     * What the operator wants and what the control state would say of the rollout.
     *
     * @param ahead business time before real time: what was waited for has passed
     */
    public void operate(Wish wish, RolloutView rollout, Duration ahead) {
        Properties values = new Properties();
        values.setProperty("ahead", ahead.toString());
        values.setProperty("wish", wish.name());
        values.setProperty("begun", Boolean.toString(rollout.begun()));
        values.setProperty("complete", Boolean.toString(rollout.complete()));
        values.setProperty("weight", Integer.toString(rollout.weight()));
        rollout.fullSince().ifPresent(since -> values.setProperty("fullSince", since.toString()));
        values.setProperty("openIncidents", Integer.toString(rollout.openIncidents()));
        rollout.contractApprovedBy().ifPresent(who -> values.setProperty("approved", who));
        rollout.backup().ifPresent(backup -> values.setProperty("backup", backup));
        write(operator, values);
    }

    public Phase phase() {
        return phase(read(worker));
    }

    /** How far business time is before real time. */
    public Duration ahead() {
        return Duration.parse(read(operator).getProperty("ahead", "PT0S"));
    }

    /** Rises whenever another worker takes the run. */
    public long epoch() {
        return epoch(read(worker));
    }

    /** Every phase that was entered, in order. */
    public List<Phase> log() {
        String log = read(worker).getProperty("log", "");
        return log.isEmpty()
                ? List.of()
                : Arrays.stream(log.split(",")).map(Phase::valueOf).toList();
    }

    /** What an operator would see, in one text. */
    public String seen() {
        Properties state = read(worker);
        return phase(state) + ": " + state.getProperty("because", "") + "; waiting for "
                + state.getProperty("waitingFor", "") + "; " + state.getProperty("problems", "") + "; "
                + state.getProperty("nextAction", "");
    }

    @Override
    public synchronized Future<List<Claim>> claim(String who, List<String> databases, Duration lease) {
        Properties state = read(worker);
        Phase phase = phase(state);
        if (phase.over()) {
            return Future.succeededFuture(List.of());
        }
        if (!state.getProperty("worker", "").equals(who)) {
            state.setProperty("worker", who);
            state.setProperty("epoch", Long.toString(epoch(state) + 1));
            write(worker, state);
        }
        Properties wanted = read(operator);
        return Future.succeededFuture(List.of(new Claim(
                "killed",
                run,
                epoch(state),
                bundle,
                phase,
                Instant.EPOCH,
                Wish.valueOf(wanted.getProperty("wish", Wish.RUN.name())),
                Optional.ofNullable(state.getProperty("pausedFrom")).map(Phase::valueOf),
                rollout(wanted),
                Orders.NONE)));
    }

    private static RolloutView rollout(Properties wanted) {
        if (wanted.isEmpty()) {
            return CLOSED;
        }
        return new RolloutView(
                Boolean.parseBoolean(wanted.getProperty("begun")),
                Boolean.parseBoolean(wanted.getProperty("complete")),
                Integer.parseInt(wanted.getProperty("weight")),
                Optional.ofNullable(wanted.getProperty("fullSince")).map(Instant::parse),
                Integer.parseInt(wanted.getProperty("openIncidents")),
                Optional.ofNullable(wanted.getProperty("approved")),
                Optional.ofNullable(wanted.getProperty("backup")));
    }

    /** Nobody here reads the list. */
    @Override
    public Future<Void> rejected(Claim claim, Rejected rows, long triedAgain) {
        return claim.epoch() == epoch()
                ? Future.succeededFuture()
                : Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
    }

    /** Nobody here reads it. */
    @Override
    public Future<Void> logged(Claim claim, Log log) {
        return claim.epoch() == epoch()
                ? Future.succeededFuture()
                : Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
    }

    @Override
    public synchronized Future<Void> enter(
            Claim claim, Phase from, Phase to, String because, Map<String, Object> report) {
        Properties state = read(worker);
        if (claim.epoch() != epoch(state) || from != phase(state)) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        state.setProperty("phase", to.name());
        state.setProperty("because", because);
        state.remove("pausedFrom");
        if (to == Phase.PAUSED || to == Phase.FAILED) {
            state.setProperty("pausedFrom", from.name());
        }
        String log = state.getProperty("log", "");
        state.setProperty("log", log.isEmpty() ? to.name() : log + "," + to);
        write(worker, state);
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> note(Claim claim, Note note) {
        Properties state = read(worker);
        if (claim.epoch() != epoch(state)) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        state.setProperty("waitingFor", note.waitingFor());
        state.setProperty("problems", String.join("; ", note.problems()));
        state.setProperty("nextAction", note.nextAction());
        write(worker, state);
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> release(Claim claim) {
        Properties state = read(worker);
        if (claim.epoch() == epoch(state)) {
            state.remove("worker");
            write(worker, state);
        }
        return Future.succeededFuture();
    }

    private static Phase phase(Properties state) {
        return Phase.valueOf(state.getProperty("phase", Phase.CREATED.name()));
    }

    private static long epoch(Properties state) {
        return Long.parseLong(state.getProperty("epoch", "0"));
    }

    private static Properties read(Path file) {
        Properties values = new Properties();
        if (Files.exists(file)) {
            try (var in = Files.newBufferedReader(file)) {
                values.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return values;
    }

    /** Whole or not at all, wherever the process ends. */
    private static void write(Path file, Properties values) {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        try {
            try (var out = Files.newBufferedWriter(draft)) {
                values.store(out, null);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
