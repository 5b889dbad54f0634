package dev.turnout.worker.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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

    private static Gauge gauge(Throttle throttle, Tuning tuning) {
        return new Gauge(throttle, () -> tuning, new SetClock());
    }

    // The clock stands at Monday, 09:00 UTC.
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "throttle | black friday                            | an operator throttles it: black friday",
                "window   | 08:00-17:00                             | -",
                "window   | 22:00-06:00 Europe/Berlin               | may run from 22:00-06:00 Europe/Berlin",
                "window   | 22:00-10:01 Europe/Berlin               | -",
                "query    | SELECT false                            | -",
                "query    | SELECT 1 > 0, 'the queue is long'       | the throttle query says so: the queue is long",
                "query    | SELECT NULL::boolean                    | neither true nor false",
                "query    | SELECT 'perhaps'                        | gives perhaps",
                "query    | SELECT true WHERE false                 | no row",
                "query    | SELECT false FROM generate_series(1, 2) | several rows",
                "query    | SELECT * FROM nowhere                   | cannot be answered",
                "query    | SELECT 1/0 = 1                          | division by zero",
                "query    | WITH w AS (DELETE FROM t RETURNING 1) SELECT count(*) = 9 FROM w | read-only",
                "query    | SELECT pg_sleep(60) IS NULL             | cannot be answered",
            })
    void whatAnOperatorSaysIsAReasonAndUnknownMeansWait(String name, String word, @Nullable String expected)
            throws SQLException {
        try (TestDatabase db = TestPostgres.newDatabase()) {
            db.execute("CREATE TABLE t (id int)");
            Optional<String> reason =
                    gauge(Throttle.DEFAULT, Tuning.of(Map.of(name, word))).reason(db.database());
            if (expected == null) {
                assertThat(reason).isEmpty();
            } else {
                assertThat(reason).get().asString().contains(expected);
            }
        }
    }

    @Test
    void aChangedTuningIsFollowedAtOnce() throws SQLException {
        try (TestDatabase db = TestPostgres.newDatabase()) {
            AtomicReference<Tuning> tuning = new AtomicReference<>(Tuning.of(Map.of("query", "SELECT true")));
            Gauge gauge = new Gauge(Throttle.DEFAULT, tuning::get, new SetClock());
            assertThat(gauge.reason(db.database())).isPresent();
            tuning.set(Tuning.of(Map.of("query", "SELECT false")));
            assertThat(gauge.reason(db.database())).isEmpty();
            tuning.set(Tuning.of(Map.of("throttle", "lunch")));
            assertThat(gauge.reason(db.database())).contains("an operator throttles it: lunch");
            tuning.set(Tuning.NONE);
            assertThat(gauge.reason(db.database())).isEmpty();
        }
    }

    @Test
    void aTransactionThatIsOpenTooLongIsSeenInTheDatabase() throws SQLException {
        try (TestDatabase db = TestPostgres.newDatabase();
                Connection application = db.connect();
                Statement statement = application.createStatement()) {
            assertThat(gauge(Throttle.DEFAULT, Tuning.NONE).reason(db.database()))
                    .isEmpty();
            application.setAutoCommit(false);
            statement.execute("SELECT 1");
            Throttle strict = new Throttle(Duration.ofSeconds(5), Duration.ofNanos(1), 0.9);
            assertThat(gauge(strict, Tuning.NONE).reason(db.database()))
                    .get()
                    .asString()
                    .contains("keeps old row versions");
        }
    }
}
