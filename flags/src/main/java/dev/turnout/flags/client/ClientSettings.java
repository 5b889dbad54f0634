package dev.turnout.flags.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How an application wants its client to be. Immutable.
 *
 * @param server where Turnout listens, such as {@code https://turnout.example.com/}
 * @param token with the role {@code evaluate}, and {@code report} to report outcomes; never logged
 * @param cache where the last ruleset is kept for a start without a server; empty: nowhere
 * @param staleAfter how long without word from the server until the flags count as stale
 * @param poll how often is asked for news beside the stream, in case the stream is silently dead
 * @param report how often outcomes are sent
 * @param time of the evaluations
 */
public record ClientSettings(
        URI server,
        String token,
        Optional<Path> cache,
        Duration staleAfter,
        Duration poll,
        Duration report,
        InstantSource time) {

    /** @throws IllegalArgumentException with every problem */
    public ClientSettings {
        List<String> problems = new ArrayList<>();
        String scheme = Objects.requireNonNullElse(server.getScheme(), "");
        if (!(scheme.equals("http") || scheme.equals("https")) || server.getHost() == null) {
            problems.add("the server is an address such as https://turnout.example.com, not " + server);
        }
        if (token.isBlank()) {
            problems.add("the token is empty: have one made with the role evaluate");
        }
        for (Duration each : List.of(staleAfter, poll, report)) {
            if (each.isNegative() || each.isZero()) {
                problems.add("a duration of the client is longer than nothing, not " + each);
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        if (!server.getPath().endsWith("/")) {
            server = URI.create(server + "/");
        }
    }

    /** Stale after a minute, asking every half, reporting every two seconds, kept nowhere. */
    public static ClientSettings of(URI server, String token) {
        return new ClientSettings(
                server,
                token,
                Optional.empty(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                InstantSource.system());
    }

    public ClientSettings withCache(Path file) {
        return new ClientSettings(server, token, Optional.of(file), staleAfter, poll, report, time);
    }

    public ClientSettings withStaleAfter(Duration age) {
        return new ClientSettings(server, token, cache, age, poll, report, time);
    }

    public ClientSettings withPoll(Duration interval) {
        return new ClientSettings(server, token, cache, staleAfter, interval, report, time);
    }

    public ClientSettings withReport(Duration interval) {
        return new ClientSettings(server, token, cache, staleAfter, poll, interval, time);
    }

    public ClientSettings withTime(InstantSource clock) {
        return new ClientSettings(server, token, cache, staleAfter, poll, report, clock);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "client of " + server;
    }
}
