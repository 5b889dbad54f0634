package dev.turnout.server.settings;

import static dev.turnout.server.settings.Setting.*;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads where requests are taken, and on which terms. */
final class ListenSettings {
    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[A-Za-z0-9.\\[\\]:-]+");
    private static final int KIBIBYTE = 1 << 10;

    private final Given given;
    private final List<String> problems;

    ListenSettings(Given given, List<String> problems) {
        this.given = given;
        this.problems = problems;
    }

    Settings.Listen read() {
        return new Settings.Listen(
                given.text(HOST).orElseThrow(),
                whole(PORT, 0, 65_535),
                tls(),
                origins(),
                new Limits(
                        whole(MAX_BODY, KIBIBYTE, 64 << 20),
                        given.duration(BODY_TIME, Duration.ofMillis(100)),
                        whole(MAX_CONNECTIONS, 1, 1_000_000),
                        whole(RATE_LIMIT, 1, 1_000_000)),
                given.duration(DRAIN, Duration.ZERO));
    }

    private int whole(Setting setting, int min, int max) {
        return given.whole(setting, min, max).orElse((long) min).intValue();
    }

    private Optional<Tls> tls() {
        Optional<Path> certificate = file(TLS_CERTIFICATE);
        Optional<Path> key = file(TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            problems.add(TLS_CERTIFICATE + " and " + TLS_KEY + " go together: set both, or none");
        }
        return certificate.flatMap(there -> key.map(secret -> new Tls(there, secret)));
    }

    private Optional<Path> file(Setting setting) {
        Optional<String> text = given.text(setting);
        try {
            Optional<Path> path = text.map(Path::of);
            if (path.isPresent() && !Files.isReadable(path.get())) {
                problems.add(setting + " names no file that can be read: " + path.get());
            }
            return path;
        } catch (InvalidPathException e) {
            problems.add(setting + " is no path: '" + text.orElse("") + "'");
            return Optional.empty();
        }
    }

    private Set<String> origins() {
        Set<String> origins = new TreeSet<>();
        for (String origin : given.text(ORIGINS).orElse("").split(",")) {
            if (ORIGIN.matcher(origin.strip()).matches()) {
                origins.add(origin.strip());
            } else if (!origin.isBlank()) {
                problems.add(
                        ORIGINS + " has '" + origin.strip() + "', which is no origin such as https://app.example.com");
            }
        }
        return origins;
    }
}
