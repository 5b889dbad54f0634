package dev.turnout.worker.testkit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The old calendar application at work: users log in, connect a calendar, refresh its token and leave. */
public final class Logins implements AutoCloseable {
    private static final List<String> LOGIN = List.of(
            "INSERT INTO users (id, email) VALUES (?, 'someone@example.org' || ?)",
            "INSERT INTO calendar_connections (id, user_id, provider, account_email, access_token)"
                    + " VALUES (?, ?, 'GOOGLE', 'someone', 'secret')",
            "UPDATE calendar_connections SET access_token = 'another', updated_at = now() WHERE id IN (?, ?)",
            "DELETE FROM users WHERE id IN (?, ?)");

    private final ExecutorService clients = Executors.newFixedThreadPool(2);
    private final List<Future<Report>> reports = new ArrayList<>();
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean over;

    private Logins() {}

    /** @param longest that one of the statements took */
    public record Report(int writes, Duration longest, List<String> failures) {}

    public static Logins begin(TestDatabase database) {
        Logins logins = new Logins();
        Callable<Report> client = () -> logins.write(database);
        logins.reports.add(logins.clients.submit(client));
        logins.reports.add(logins.clients.submit(client));
        return logins;
    }

    private Report write(TestDatabase database) throws SQLException {
        int writes = 0;
        long longest = 0;
        List<String> failures = new ArrayList<>();
        try (Connection connection = database.connect()) {
            while (!over) {
                String user = "client-" + users.incrementAndGet();
                for (String sql : LOGIN) {
                    long begun = System.nanoTime();
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        statement.setString(1, user);
                        statement.setString(2, user);
                        statement.executeUpdate();
                        writes++;
                    } catch (SQLException e) {
                        failures.add(sql + ": " + e.getMessage());
                    }
                    longest = Math.max(longest, System.nanoTime() - begun);
                }
            }
        }
        return new Report(writes, Duration.ofNanos(longest), failures);
    }

    /** What all clients saw until now, when they stop. */
    public Report end() throws Exception {
        over = true;
        int writes = 0;
        Duration longest = Duration.ZERO;
        List<String> failures = new ArrayList<>();
        for (Future<Report> each : reports) {
            Report report = each.get(1, TimeUnit.MINUTES);
            writes += report.writes();
            longest = report.longest().compareTo(longest) > 0 ? report.longest() : longest;
            failures.addAll(report.failures());
        }
        return new Report(writes, longest, failures);
    }

    @Override
    public void close() {
        over = true;
        clients.shutdown();
    }
}
