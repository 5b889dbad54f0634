package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One SQL, the same map on either database. */
class AgesTest {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    static List<TestServer> servers() {
        return List.of(TestServer.POSTGRES_18, TestServer.MYSQL);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void a_few_chunks_have_a_cell_each_and_the_tail_comes_last(TestServer server) throws SQLException {
        try (TestDatabase db = server.newDatabase()) {
            Site site = site(db);
            plan(site, "visits", 3);
            plan(site, "rooms", 1);
            verify(site, "visits", 0, NINE.plusMillis(1_999));
            verify(site, "visits", 1, NINE.plusSeconds(60));
            verify(site, "visits", 3, NINE);

            Ages ages = ages(site);

            assertThat(ages.cells()).containsOnlyKeys("visits", "rooms");
            assertThat(ages.cells().get("visits"))
                    .containsExactly(
                            Optional.of(NINE.plusSeconds(60)),
                            Optional.empty(),
                            Optional.of(NINE),
                            Optional.of(NINE.plusSeconds(1)));
            assertThat(ages.cells().get("rooms")).containsExactly(Optional.empty(), Optional.empty());
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void a_cell_of_many_chunks_is_as_old_as_the_oldest_and_unknown_as_long_as_one_is(TestServer server)
            throws SQLException {
        try (TestDatabase db = server.newDatabase()) {
            Site site = site(db);
            plan(site, "visits", 2 * Ages.CELLS - 1);
            for (int seq = 1; seq < 2 * Ages.CELLS; seq++) {
                verify(site, "visits", seq, NINE.minus(Duration.ofMinutes(seq)));
            }

            List<Optional<Instant>> cells = ages(site).cells().getOrDefault("visits", List.of());

            assertThat(cells).hasSize(Ages.CELLS);
            assertThat(cells.get(0)).as("chunks 1 and 2").contains(NINE.minus(Duration.ofMinutes(2)));
            assertThat(cells.get(Ages.CELLS - 1))
                    .as("the last chunk and the tail")
                    .isEmpty();
            assertThat(cells.subList(0, Ages.CELLS - 1))
                    .doesNotContain(Optional.empty())
                    .isSortedAccordingTo(Comparator.comparing((Optional<Instant> at) -> at.orElse(Instant.MIN))
                            .reversed());
        }
    }

    private static Site site(TestDatabase db) throws SQLException {
        Site site = new Site(new TestSpec().spec(), 7, 1, 0, "a worker", db.database(), new SetClock());
        Bookkeeping.enter(site);
        return site;
    }

    /** The tail first, as in every plan. */
    private static void plan(Site site, String table, int chunks) throws SQLException {
        for (int seq = 0; seq <= chunks; seq++) {
            int number = seq;
            site.database().transaction(Limits.BOOKKEEPING, connection -> {
                Chunks.plan(connection, site, table, number, KeyRange.all());
                return number;
            });
        }
    }

    private static void verify(Site site, String table, int seq, Instant at) throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Chunk chunk = Chunks.all(connection, site, table).get(seq);
            Coverage.verified(connection, chunk, at, 0);
            return chunk;
        });
    }

    private static Ages ages(Site site) throws SQLException {
        return site.database().transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, site));
    }
}
