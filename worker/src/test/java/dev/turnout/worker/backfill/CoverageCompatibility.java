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
import org.junit.jupiter.api.Test;

/** One SQL, the same on every database: how old the verification is, and how far what was wanted anew. A subclass names the server. */
abstract class CoverageCompatibility {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private final TestServer server;

    CoverageCompatibility(TestServer server) {
        this.server = server;
    }

    @Test
    void a_few_chunks_have_a_cell_each_and_the_tail_comes_last() throws SQLException {
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

    @Test
    void a_cell_of_many_chunks_is_as_old_as_the_oldest_and_unknown_as_long_as_one_is() throws SQLException {
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

    @Test
    void a_demand_is_met_chunk_by_chunk_and_a_later_one_anew() throws SQLException {
        try (TestDatabase db = server.newDatabase()) {
            Site site = site(db);
            plan(site, "visits", 2);
            plan(site, "rooms", 0);
            assertThat(since(site, 4, Optional.empty())).isEqualTo(new Coverage.Since(4, 0, 0));

            verify(site, "visits", 0, NINE, 2, 4);
            verify(site, "visits", 2, NINE, 1, 5);

            assertThat(since(site, 4, Optional.empty())).isEqualTo(new Coverage.Since(4, 2, 3));
            assertThat(since(site, 5, Optional.of("visits"))).isEqualTo(new Coverage.Since(3, 1, 1));
            assertThat(due(site, 4, Optional.of("visits"), 0)).contains(1);
            assertThat(due(site, 5, Optional.of("visits"), 0)).contains(0);
            assertThat(due(site, 5, Optional.of("visits"), id(site, "visits", 0)))
                    .as("what was tried last has its turn last")
                    .contains(1);
            assertThat(due(site, 5, Optional.of("visits"), id(site, "visits", 1)))
                    .contains(0);
            verify(site, "visits", 1, NINE, 0, 4);
            assertThat(due(site, 4, Optional.of("visits"), 0)).isEmpty();
            assertThat(due(site, 4, Optional.empty(), 0)).contains(0);

            // Whoever knew of less takes nothing back.
            verify(site, "visits", 2, NINE, 1, 0);
            assertThat(since(site, 5, Optional.of("visits"))).isEqualTo(new Coverage.Since(3, 1, 1));
        }
    }

    private static Optional<Integer> due(Site site, long demand, Optional<String> table, long after)
            throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING, connection -> Coverage.due(connection, site, demand, table, after))
                .map(Chunk::seq);
    }

    private static Coverage.Since since(Site site, long demand, Optional<String> table) throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING, connection -> Coverage.since(connection, site, demand, table));
    }

    private static long id(Site site, String table, int seq) throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING, connection -> Chunks.all(connection, site, table))
                .get(seq)
                .id();
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
        verify(site, table, seq, at, 0, 0);
    }

    private static void verify(Site site, String table, int seq, Instant at, long mismatches, long demand)
            throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Chunk chunk = Chunks.all(connection, site, table).get(seq);
            Coverage.verified(connection, chunk, at, mismatches, demand);
            return chunk;
        });
    }

    private static Ages ages(Site site) throws SQLException {
        return site.database().transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, site));
    }
}
