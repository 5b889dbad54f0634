package dev.turnout.worker.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {
    // waiters, replicas, lag, oldest transaction, connections of 100; what the reason says, - for none
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, 0, -,  0,    10, -",
                "1, 0, -,  0,    10, wait for a lock of the backfill",
                "0, 1, 1,  0,    10, -",
                "0, 1, 5,  0,    10, -",
                "0, 1, 6,  0,    10, 6 s behind",
                "0, 2, -,  0,    10, is unknown",
                "0, 0, -,  900,  10, -",
                "0, 0, -,  901,  10, open for 901 s",
                "0, 0, -,  0,    90, -",
                "0, 0, -,  0,    91, 91 of 100 connections",
            })
    void everyReasonToWaitIsNamed(
            int waiters, int replicas, @Nullable Long lag, long oldest, int connections, @Nullable String expected) {
        Readings now = new Readings(
                waiters,
                replicas,
                Optional.ofNullable(lag).map(Duration::ofSeconds),
                Duration.ofSeconds(oldest),
                connections,
                100);
        Optional<String> reason = Throttle.DEFAULT.reason(now);
        if (expected == null) {
            assertThat(reason).isEmpty();
        } else {
            assertThat(reason).get().asString().contains(expected);
        }
    }

    @Test
    void aTransactionThatIsOpenTooLongIsSeenInTheDatabase() throws SQLException {
        try (TestDatabase db = TestPostgres.newDatabase();
                Connection application = db.connect();
                Statement statement = application.createStatement()) {
            assertThat(new Gauge(Throttle.DEFAULT).reason(db.database())).isEmpty();
            application.setAutoCommit(false);
            statement.execute("SELECT 1");
            Throttle strict = new Throttle(Duration.ofSeconds(5), Duration.ofNanos(1), 0.9);
            assertThat(new Gauge(strict).reason(db.database())).get().asString().contains("keeps old row versions");
        }
    }
}
