package dev.turnout.server.demo;

import com.zaxxer.hikari.HikariDataSource;
import dev.turnout.flags.time.Pace;
import dev.turnout.flags.time.ScaledClock;
import dev.turnout.server.Server;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A small hospital, a Turnout server and the booking application at work, on test databases and a fast clock. */
final class Installation implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int WRITES_PER_SECOND = 300;

    final Instant origin = Instant.now();
    final double scale;
    final long rows;
    final Pace pace;
    final TestDatabase control;
    final TestDatabase clinic;
    final Ledger ledger;
    private final Path folder;
    private Optional<Server> server = Optional.empty();
    private Optional<BookingApplication> application = Optional.empty();

    /** @param scale business seconds per real second */
    Installation(Path folder, long rows, double scale) throws SQLException, IOException {
        this.folder = folder;
        this.rows = rows;
        this.scale = scale;
        this.pace = new Pace(new ScaledClock(Clock.systemUTC(), origin, origin, scale), scale, Duration.ofMillis(100));
        this.control = TestPostgres.newDatabase();
        this.clinic = Clinic.legacy(rows);
        this.ledger = Ledger.open(folder.resolve("ledger"));
    }

    /** Starts the server with these parts and opens the booking application. */
    Installation open(Set<Server.Part> parts) throws IOException {
        Settings settings = new Settings(
                new Settings.Listen("127.0.0.1", 0),
                folder,
                Optional.of(new ControlSettings(control.url(), control.user(), control.password(), 8)),
                Map.of("clinic", clinicSettings()),
                pace,
                "the test's own worker");
        server = Optional.of(new Server(settings).start(parts));
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(clinic.dataSource());
        pool.setMaximumPoolSize(CLIENTS + 1);
        application = Optional.of(new BookingApplication(
                new BookingApplication.Load(CLIENTS, WRITES_PER_SECOND, Hospital.patients(rows)),
                new FlagClient(uri(), token(), Operator.FLAG),
                pool,
                ledger,
                pace.clock()));
        return this;
    }

    private ConnectionSettings clinicSettings() {
        return new ConnectionSettings("clinic", clinic.url(), clinic.user(), clinic.password(), "the test");
    }

    Operator operator() throws IOException {
        return new Operator(uri(), token());
    }

    BookingApplication application() {
        return application.orElseThrow();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.orElseThrow().port() + "/");
    }

    String token() throws IOException {
        return Files.readString(folder.resolve("admin-token")).strip();
    }

    /** Ends the writing, so that what is there can be compared exactly. */
    void closeApplication() {
        application.ifPresent(BookingApplication::close);
        application = Optional.empty();
    }

    @Override
    public void close() throws SQLException, IOException {
        closeApplication();
        server.ifPresent(Server::close);
        ledger.close();
        clinic.close();
        control.close();
    }
}
