package dev.turnout.server.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.turnout.migration.Phase;
import dev.turnout.server.Server;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hospital moves while it is open: sets everything up, lets the migration run, and proves at the end that nothing was
 * lost. Everything it knows is on disk, so it can be killed at any moment and started again. {@link #run} and
 * {@link #close} may be called on different threads.
 */
public final class Demo implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    /** 624 hours, the soaks and the fortnight of calm, pass in 85 seconds. */
    private static final double SCALE = 26_400;

    private static final int WRITES_PER_SECOND = 240;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    /** How long bookings go on without any old side before the last audit. */
    private static final Duration WITHOUT_OLD_SIDE = Duration.ofSeconds(1);

    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(5);
    /** A server that does not answer for so long has failed the demo. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * @param rows existing reservations
     * @param clients concurrent clients of the booking application
     * @param data directory of the demo; kept, so that it can go on
     * @param port of the server; 0 takes a free one
     * @param keep leave the server up at the end
     * @param fresh begin anew even if an earlier demo has not ended
     */
    public record Options(long rows, int clients, Path data, int port, boolean keep, boolean fresh) {
        public Options {
            if (rows < 1_000 || rows > 100_000_000) {
                throw new IllegalArgumentException("--rows must be from 1000 to 100000000, is " + rows);
            }
            if (clients < 1 || clients > 64) {
                throw new IllegalArgumentException("--clients must be from 1 to 64, is " + clients);
            }
        }
    }

    private final Options options;
    private final Clock real;
    private final Screen screen;
    private final DemoFiles files;
    private final Consumer<Map<String, Object>> proven;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean closing;

    /**
     * Nothing starts yet.
     *
     * @param real what real time is
     * @param terminal whether {@code out} is one, where lines can be redrawn
     * @param proven told once what was proven, or why nothing could be, as JSON values
     */
    public Demo(Options options, Clock real, PrintWriter out, boolean terminal, Consumer<Map<String, Object>> proven) {
        this.options = options;
        this.real = real;
        this.screen = new Screen(out, terminal);
        this.files = new DemoFiles(options.data());
        this.proven = proven;
    }

    /** @return 0 when everything was proven, 1 when something is missing or differs, 130 when it was closed meanwhile */
    public int run() throws IOException, SQLException, InterruptedException {
        try {
            return play();
        } catch (Director.DemoFailed e) {
            screen.clear();
            screen.say("@|red the migration did not get through:|@");
            e.why().forEach(line -> screen.say("  " + line));
            proven.accept(Map.of("proven", false, "because", e.why()));
            return 1;
        } catch (IOException | SQLException | RuntimeException e) {
            if (isClosing()) {
                log.debug("ended by a stop", e);
                return 130;
            }
            throw e;
        }
    }

    private int play() throws IOException, SQLException, InterruptedException {
        screen.say(
                "@|bold Turnout demo|@: a hospital moves its reservations to a new schema while patients keep booking.");
        Files.createDirectories(files.root());
        DemoLog.into(files.log());
        EmbeddedPostgres postgres = own(EmbeddedPostgres.keep(files.postgres(), 0));
        if (files.finished() || options.fresh()) {
            files.wipe(postgres);
        }
        postgres.createDatabase("turnout");
        postgres.createDatabase("clinic");
        HikariDataSource clinic = own(pool(postgres, "demo", 3));
        Story story = Story.open(files.story(), options.rows());
        story.starts();
        BusinessTime time = own(BusinessTime.resume(files.clock(), real, Hospital.START, SCALE));
        Telling telling = new Telling(screen, time.pace().clock(), story);
        load(clinic, story, telling);

        Server server = own(new Server(settings(postgres, time)));
        server.start(EnumSet.allOf(Server.Part.class));
        URI address = URI.create("http://127.0.0.1:" + server.port() + "/");
        String token = Files.readString(files.adminToken()).strip();
        telling.step("the server listens on " + address + " (token in " + files.adminToken() + ")");

        Ledger ledger = own(Ledger.open(files.ledger()));
        HikariDataSource desk = pool(postgres, "booking", options.clients() + 1);
        BookingApplication application = own(new BookingApplication(
                new BookingApplication.Load(options.clients(), WRITES_PER_SECOND, Hospital.patients(story.rows())),
                new FlagClient(address, token, Operator.FLAG),
                desk,
                ledger,
                time.pace().clock()));
        warmUp(application);
        time.run();
        telling.step(options.clients() + " clients book, move, confirm, cancel and withdraw from now on");

        Director director = new Director(
                new Operator(address, token), application, ledger, clinic, new Backup(files.backup()), telling);
        follow(director, application, ledger, telling, address);
        return end(director, application, clinic, telling, address);
    }

    /** A cold application would look like a day on which nobody books. */
    private void warmUp(BookingApplication application) throws InterruptedException {
        long deadline = System.nanoTime() + WARM_UP.toNanos();
        while (application.calls() < WRITES_PER_SECOND && System.nanoTime() < deadline && !isClosing()) {
            closed.await(50, TimeUnit.MILLISECONDS);
        }
    }

    private void load(HikariDataSource clinic, Story story, Telling telling) throws SQLException {
        if (Hospital.isLoaded(clinic)) {
            telling.step(story.resumed() ? "an earlier demo was interrupted: going on where it was" : "loaded");
            return;
        }
        telling.step(String.format(Locale.ROOT, "loading %,d reservations", story.rows()));
        Hospital.load(clinic, story.rows());
    }

    private void follow(Director director, BookingApplication application, Ledger ledger, Telling telling, URI address)
            throws IOException, SQLException, InterruptedException {
        long answered = System.nanoTime();
        while (true) {
            try {
                Optional<Standing> now = director.look();
                answered = System.nanoTime();
                now.ifPresent(standing -> telling.show(standing, application, ledger, address.toString()));
                if (now.filter(standing -> standing.phase() == Phase.DONE).isPresent()) {
                    return;
                }
            } catch (IOException e) {
                if (isClosing() || System.nanoTime() - answered > PATIENCE.toNanos()) {
                    throw e;
                }
                log.warn("the server did not take it, trying again: {}", e.getMessage());
            }
            rest(LOOK_EVERY);
            telling.tick();
        }
    }

    private void rest(Duration pause) throws InterruptedException {
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("stopped");
        }
    }

    private int end(
            Director director, BookingApplication application, HikariDataSource clinic, Telling telling, URI address)
            throws IOException, SQLException, InterruptedException {
        rest(WITHOUT_OLD_SIDE);
        application.close();
        screen.clear();
        director.audit("at the end", Audit.Sides.NEW);
        Report report = new Report(telling, application, clinic);
        boolean whole = report.print(screen);
        proven.accept(report.document());
        files.markFinished();
        if (options.keep()) {
            screen.say("The server stays up at " + address + " (token in " + files.adminToken() + "); Ctrl-C ends it.");
            closed.await();
        }
        return whole ? 0 : 1;
    }

    private Settings settings(EmbeddedPostgres postgres, BusinessTime time) {
        return new Settings(
                new Settings.Listen("127.0.0.1", options.port()),
                files.root(),
                Optional.of(new ControlSettings(postgres.url("turnout"), postgres.user(), postgres.password(), 8)),
                Map.of("clinic", postgres.settings("clinic", "clinic", "the demo")),
                time.pace(),
                "demo");
    }

    private static HikariDataSource pool(EmbeddedPostgres postgres, String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(postgres.url("clinic"));
        config.setUsername(postgres.user());
        config.setPassword(postgres.password());
        config.setMaximumPoolSize(size);
        config.addDataSourceProperty("ApplicationName", name);
        if (name.equals("booking")) {
            config.setConnectionInitSql("SET statement_timeout = " + STATEMENT_TIMEOUT.toMillis());
        }
        return new HikariDataSource(config);
    }

    /** Remembers it for the stop; one that comes after the stop is closed at once. */
    private <T extends AutoCloseable> T own(T part) {
        synchronized (open) {
            if (!closing) {
                open.push(part);
                return part;
            }
        }
        stop(part);
        throw new IllegalStateException("stopped while starting");
    }

    private boolean isClosing() {
        synchronized (open) {
            return closing;
        }
    }

    /** Stops what was started, the last first, within five seconds; a second call does nothing. */
    @Override
    public void close() {
        Deque<AutoCloseable> parts;
        synchronized (open) {
            closing = true;
            parts = new ArrayDeque<>(open);
            open.clear();
        }
        closed.countDown();
        parts.forEach(Demo::stop);
    }

    private static void stop(AutoCloseable part) {
        try {
            part.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.warn("{} did not stop in order: {}", part.getClass().getSimpleName(), e.toString());
        }
    }
}
