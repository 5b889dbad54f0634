package dev.turnout.worker.testkit;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.run.RunBoard.RolloutView;
import dev.turnout.worker.run.RunBoard.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries a run from its first phase to its last by workers that are killed ({@code kill -9}) at random moments, and plays
 * the operator meanwhile. The database server may be killed in turn, too. For one thread.
 *
 * <pre>{@code
 * Toll toll = new KilledWorker(folder, Migrations.bundle("booking-ids"), 20, seed)
 *         .database("askpro", askpro.settings())
 *         .carry(application);
 * }</pre>
 */
public final class KilledWorker {
    /** Where the kills fall, in the order in which they are handed out: what runs longest and writes most comes first. */
    private static final List<Phase> TURNS = List.of(
            Phase.BACKFILLING,
            Phase.SYNCING,
            Phase.EXPANDING,
            Phase.VERIFYING,
            Phase.BACKFILLING,
            Phase.ROLLING_OUT,
            Phase.READY,
            Phase.SYNCING,
            Phase.BACKFILLING,
            Phase.CREATED,
            Phase.SOAKING,
            Phase.VERIFYING,
            Phase.BACKFILLING,
            Phase.EXPANDING,
            Phase.ROLLING_OUT,
            Phase.BACKFILLING,
            Phase.ANALYZING,
            Phase.SYNCING,
            Phase.BACKFILLING,
            Phase.READY);
    /** Beyond the given number, as it is over too soon to be counted on. */
    private static final int IN_CONTRACTING = 2;
    /** When there is a server to kill, every third one who is killed is the server. */
    private static final int SERVER = 3;

    private static final Duration PATIENCE = Duration.ofMinutes(8);
    /** A batch lasts about so long, not 50 ms, so that there are many. */
    private static final int BATCH_MILLIS = 5;

    private static final String QUIET = "dev/turnout/worker/testkit/quiet.xml";

    private static final Duration A_WHILE = Duration.ofHours(1);

    private static final int ALL = 100_000;
    private static final int[] RAMP = {25_000, 50_000, ALL};

    private final Path folder;
    private final Bundle bundle;
    private final int required;
    private final Random random;
    private final Map<Phase, Integer> due = new EnumMap<>(Phase.class);
    private final Map<Phase, Integer> workers = new EnumMap<>(Phase.class);
    private final Map<Phase, Integer> servers = new EnumMap<>(Phase.class);
    private final List<ConnectionSettings> databases = new ArrayList<>();
    private final BoardFile board;
    private final Map<Moment, Integer> moments = new LinkedHashMap<>();
    private final Map<String, Integer> met = new TreeMap<>();
    private Optional<Victim> server = Optional.empty();
    private Optional<Phase> only = Optional.empty();
    private Optional<Process> worker = Optional.empty();
    private int chunkRows = 500;
    private boolean back;
    private boolean backFromSoaking;
    private int killed;
    private int ramped;
    private int weight;
    private boolean complete;
    private boolean agreed;
    private Duration ahead = Duration.ZERO;

    /** What runs beside the worker and is asked in the end. */
    public interface Application {
        /**
         * From now on the units in {@code [0, weight)} of 100 000 use the new side, in the order of their buckets.
         * Returns when none of them uses the old one any more.
         */
        void ramp(int weight) throws Exception;

        /** Both sides stand and nothing is killed just now: the moment to compare them. */
        default void bothSides() throws Exception {}
    }

    /** A server that can be killed and started again on the same port with the same data. */
    @FunctionalInterface
    public interface Victim {
        void killAndRestart() throws Exception;
    }

    /** What is going on in the database when a kill should fall. */
    public record Moment(String name, Sight sight) {
        /** Asked about every millisecond. */
        @FunctionalInterface
        public interface Sight {
            boolean seen();
        }
    }

    /**
     * How often who was killed in which phase.
     *
     * @param moments how many of these kills fell in a moment that was waited for
     */
    public record Toll(Map<Phase, Integer> workers, Map<Phase, Integer> servers, Map<String, Integer> moments) {
        public Toll {
            workers = new TreeMap<>(workers);
            servers = new TreeMap<>(servers);
            moments = new TreeMap<>(moments);
        }

        public int total() {
            return sum(workers) + sum(servers);
        }

        public int ofServers() {
            return sum(servers);
        }

        private static int sum(Map<Phase, Integer> kills) {
            return kills.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public String toString() {
            return "workers killed: " + sum(workers) + " " + workers + ", servers killed: " + sum(servers) + " "
                    + servers + (moments.isEmpty() ? "" : ", of all these in a moment chosen for it: " + moments);
        }
    }

    /**
     * @param folder empty; keeps the board and the workers' log
     * @param kills at least so many, or the run is no proof and fails
     * @param seed of the moments, so that a run can be had again as far as time can; {@code turnout.test.seed} gives another
     */
    public KilledWorker(Path folder, Bundle bundle, int kills, long seed) {
        this.folder = folder;
        this.bundle = bundle;
        this.required = kills;
        this.random = new Random(Long.getLong("turnout.test.seed", seed));
        this.board = new BoardFile(folder, bundle);
        for (int i = 0; i < kills; i++) {
            due.merge(TURNS.get(i % TURNS.size()), 1, Integer::sum);
        }
        due.put(Phase.CONTRACTING, IN_CONTRACTING);
    }

    /** A worker that lives to the end: the run as it is meant to be. */
    public static KilledWorker unharmed(Path folder, Bundle bundle) {
        KilledWorker worker = new KilledWorker(folder, bundle, 0, 0);
        worker.due.clear();
        return worker;
    }

    /** All kills fall in one phase, where the work of this migration is; those that it is over too soon for, later. */
    public KilledWorker in(Phase phase) {
        int all = due.values().stream().mapToInt(Integer::intValue).sum();
        due.clear();
        due.put(phase, all);
        only = Optional.of(phase);
        return this;
    }

    /** So many kills beside the others, each as soon as the moment is seen. */
    public KilledWorker at(Moment moment, int kills) {
        moments.put(moment, kills);
        return this;
    }

    /** A database by the name that the spec has for it. */
    public KilledWorker database(String name, ConnectionSettings settings) {
        databases.add(
                new ConnectionSettings(name, settings.url(), settings.user(), settings.password(), settings.setting()));
        return this;
    }

    /** Now and then this server is killed instead of the worker. */
    public KilledWorker server(Victim victim) {
        server = Optional.of(victim);
        return this;
    }

    /** At 100 % the rollout is taken back, and the kills that were due later fall on the way back. */
    public KilledWorker andBack() {
        back = true;
        due.put(Phase.ROLLING_BACK, due.getOrDefault(Phase.SOAKING, 0) + IN_CONTRACTING);
        due.remove(Phase.SOAKING);
        due.remove(Phase.CONTRACTING);
        return this;
    }

    /** As {@link #andBack}, but only once the new side has taken the writes over: for a run between two servers. */
    public KilledWorker andBackAfterTheFlip() {
        backFromSoaking = true;
        due.put(Phase.ROLLING_BACK, due.getOrDefault(Phase.CONTRACTING, 0));
        due.remove(Phase.CONTRACTING);
        return this;
    }

    /** Rows per chunk: few, so that the backfill of a small table has many steps to be killed in. */
    public KilledWorker chunks(int rows) {
        chunkRows = rows;
        return this;
    }

    /**
     * Carries the run to its end. Fails when it stops, takes longer than eight minutes, or was over before everybody was
     * killed who had to be.
     */
    public Toll carry(Application application) throws Exception {
        write();
        operate(Wish.RUN);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        worker = Optional.of(start());
        try {
            long dead = 0;
            for (Phase phase = board.phase(); !phase.over(); phase = board.phase()) {
                if (phase == Phase.FAILED || System.nanoTime() - deadline > 0 || !worker().isAlive()) {
                    throw new AssertionError(board.seen() + "\n" + toll() + "\n" + Files.readString(log()));
                }
                if (board.epoch() == dead) {
                    // The one who holds it is dead and the next one not there yet.
                    pause(Duration.ofMillis(1));
                } else if (moment().isPresent()) {
                    pause(Duration.ofMillis(random.nextInt(5)));
                    dead = kill(phase, dead);
                } else if (wantsKill(phase)) {
                    pause(Duration.ofMillis(random.nextInt(lasts(phase) ? 400 : 60)));
                    due.merge(phase, -1, Integer::sum);
                    dead = kill(phase, dead);
                } else {
                    operate(phase, application);
                    pause(Duration.ofMillis(1));
                }
            }
        } finally {
            worker().destroyForcibly().waitFor();
        }
        if (toll().total() < required || moments.values().stream().anyMatch(left -> left > 0)) {
            throw new AssertionError("only " + toll() + ", where " + required + " were wanted; moments missed: "
                    + moments + "\n" + Files.readString(log()));
        }
        return toll();
    }

    private Process worker() {
        return worker.orElseThrow();
    }

    /** @return the epoch that is dead now */
    private long kill(Phase phase, long dead) throws Exception {
        if (server.isPresent() && (lasts(phase) || only.equals(Optional.of(phase))) && ++killed % SERVER == 0) {
            count(servers);
            server.get().killAndRestart();
            return dead;
        }
        long dying = board.epoch();
        count(workers);
        worker().destroyForcibly().waitFor();
        worker = Optional.of(start());
        return dying;
    }

    /** A moment that is there and still wants a kill, which is counted as its own. */
    private Optional<Moment> moment() {
        Optional<Moment> now = moments.entrySet().stream()
                .filter(wanted ->
                        wanted.getValue() > 0 && wanted.getKey().sight().seen())
                .map(Map.Entry::getKey)
                .findFirst();
        now.ifPresent(moment -> {
            moments.merge(moment, -1, Integer::sum);
            met.merge(moment.name(), 1, Integer::sum);
        });
        return now;
    }

    /** Every phase that was entered so far, in order. */
    public List<Phase> phases() {
        return board.log();
    }

    public Toll toll() {
        return new Toll(workers, servers, met);
    }

    /** Phases in which a moment counted from their beginning is likely to be within them. */
    private static boolean lasts(Phase phase) {
        return phase == Phase.BACKFILLING || phase == Phase.ROLLING_OUT || phase == Phase.SOAKING;
    }

    private void count(Map<Phase, Integer> kills) {
        kills.merge(board.phase(), 1, Integer::sum);
    }

    private boolean wantsKill(Phase phase) {
        if (phase == Phase.ROLLING_OUT) {
            // What the short phases were over too soon for.
            for (Phase earlier : Phase.values()) {
                if (earlier.compareTo(phase) < 0) {
                    int left = due.getOrDefault(earlier, 0);
                    due.put(earlier, 0);
                    due.merge(phase, left, Integer::sum);
                }
            }
        }
        // The ramp goes on between two kills.
        boolean ramps = phase == Phase.ROLLING_OUT
                && ramped < RAMP.length
                && workers.getOrDefault(phase, 0) + servers.getOrDefault(phase, 0) >= ramped;
        return due.getOrDefault(phase, 0) > 0 && !ramps;
    }

    private void operate(Phase phase, Application application) throws Exception {
        if (phase == Phase.ROLLING_OUT && ramped < RAMP.length) {
            weight = RAMP[ramped++];
            application.ramp(weight);
            operate(Wish.RUN);
        } else if (phase == Phase.ROLLING_OUT && back && weight > 0) {
            application.bothSides();
            weight = 0;
            application.ramp(weight);
            operate(Wish.ROLL_BACK);
        } else if (phase == Phase.ROLLING_OUT && !back && !complete) {
            complete = true;
            operate(Wish.RUN);
        } else if (phase == Phase.SOAKING && backFromSoaking && weight > 0) {
            application.bothSides();
            weight = 0;
            complete = false;
            application.ramp(weight);
            operate(Wish.ROLL_BACK);
        } else if (phase == Phase.SOAKING && !backFromSoaking && !agreed) {
            application.bothSides();
            agreed = true;
            operate(Wish.RUN);
        } else if (phase == Phase.CONTRACTING) {
            // Between two steps a contract may wait for days of calm.
            ahead = ahead.plus(A_WHILE);
            operate(Wish.RUN);
        }
    }

    private void operate(Wish wish) {
        Optional<String> word = agreed ? Optional.of("the test") : Optional.empty();
        board.operate(
                wish,
                new RolloutView(
                        weight > 0,
                        complete,
                        weight,
                        complete ? Optional.of(Instant.EPOCH) : Optional.empty(),
                        0,
                        word,
                        word),
                ahead);
    }

    private void write() throws IOException {
        Path spec = folder.resolve(ChildWorker.FOLDER);
        for (Map.Entry<String, String> file : bundle.files().entrySet()) {
            Path target = spec.resolve(file.getKey().equals(bundle.main()) ? ChildWorker.SPEC : file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
        Files.write(
                folder.resolve(ChildWorker.DATABASES),
                databases.stream().map(ChildWorker::line).toList());
    }

    private Process start() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + QUIET,
                "-cp",
                System.getProperty("java.class.path"),
                ChildWorker.class.getName(),
                folder.toString(),
                Integer.toString(chunkRows),
                Integer.toString(BATCH_MILLIS));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path log() {
        return folder.resolve("workers.log");
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}
