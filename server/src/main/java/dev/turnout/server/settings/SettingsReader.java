package dev.turnout.server.settings;

import static dev.turnout.server.settings.Setting.*;

import dev.turnout.flags.time.Pace;
import dev.turnout.flags.time.ScaledClock;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.monitor.PrometheusSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Turns text into {@link Settings} and collects what is wrong. Used once. */
final class SettingsReader {
    /** Control transactions are short: more connections would only wait for each other. */
    private static final int CONTROL_CONNECTIONS = 8;

    private static final Set<String> LOG_FORMATS = Set.of("text", "json");

    private final Map<String, String> environment;
    private final Clock real;
    private final List<String> problems = new ArrayList<>();
    private final Given given;

    SettingsReader(Map<Setting, String> options, Map<String, String> environment, Clock real) {
        this.real = real;
        this.environment = environment;
        this.given = new Given(options, environment, problems);
    }

    Settings read(Settings.Named named) throws BadSettings {
        Settings.Listen listen = new ListenSettings(given, problems).read();
        if (!LOG_FORMATS.contains(given.text(LOG_FORMAT).orElseThrow())) {
            problems.add(LOG_FORMAT + " must be text or json");
        }
        Path data = data();
        Optional<ControlSettings> control = control();
        Map<String, ConnectionSettings> databases = new DatabaseSettings(environment, problems).read(named.databases());
        Map<String, PrometheusSettings> prometheus =
                new PrometheusReader(environment, problems).read(named.prometheus());
        Pace pace = pace();
        // Leases go by the name: a restarted process must have a new one, and in a container every pid is 1.
        String worker = given.text(WORKER).orElseGet(() -> environment.getOrDefault("HOSTNAME", "turnout")) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        Notifying notifying = new NotifySettings(given, problems).read();
        if (!problems.isEmpty()) {
            throw new BadSettings(problems);
        }
        return new Settings(listen, data, control, databases, prometheus, pace, worker, notifying);
    }

    private Path data() {
        String text = given.text(DATA).orElseThrow();
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            problems.add(DATA + " is no path: '" + text + "'");
            return Path.of("");
        }
    }

    private Optional<ControlSettings> control() {
        Optional<String> url = given.text(CONTROL_DB);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ControlSettings(
                    url.get(),
                    given.text(CONTROL_USER).orElse(""),
                    given.text(CONTROL_PASSWORD).orElse(""),
                    CONTROL_CONNECTIONS));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** Business time equals real time at the origin and runs {@code scale} times as fast from there. */
    private Pace pace() {
        double scale = scale();
        Duration tick = given.duration(TICK, Duration.ofMillis(1));
        Optional<Long> origin = given.whole(TIME_ORIGIN, 0, Long.MAX_VALUE);
        if (scale == 1 && origin.isEmpty()) {
            return new Pace(real, 1, tick);
        }
        Instant start = origin.map(Instant::ofEpochMilli).orElseGet(real::instant);
        return new Pace(new ScaledClock(real, start, start, scale), scale, tick);
    }

    private double scale() {
        String text = given.text(TIME_SCALE).orElseThrow();
        try {
            double scale = Double.parseDouble(text);
            if (scale >= 1 && scale <= 1e6) {
                return scale;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        problems.add(TIME_SCALE + " must be a number from 1 to 1000000, not '" + text + "'");
        return 1;
    }
}
