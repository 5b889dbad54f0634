package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mapping that raises on some rows: they are put aside, and nothing else waits for them. */
class RaisingTest {
    /** 200 rows; the mapping adds so much that only what is below a thousand fits. */
    private static final class Counts implements AutoCloseable {
        private final TestDatabase old;
        private final TestDatabase fresh;
        final Site site;

        Counts(TestServer from, TestServer to) throws SQLException {
            old = from.newDatabase();
            fresh = to.newDatabase();
            old.execute(
                    "CREATE TABLE counts (id bigint PRIMARY KEY, n bigint)",
                    "INSERT INTO counts WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200)"
                            + " SELECT n, CASE WHEN n IN (7, 8, 150) THEN 5000 ELSE n END FROM s");
            fresh.execute("CREATE TABLE sums (id bigint PRIMARY KEY, n bigint)");
            site = OneMove.between(old, fresh, "counts", "sums", "n", "old.n + 9223372036854774807");
        }

        void carry() throws SQLException {
            OneMove.carry(site);
            apply();
        }

        void apply() throws SQLException {
            Shop.drain(new Applier(Side.OLD, Duration.ZERO), site);
            assertThat(old.one("SELECT count(*) FROM turnout.changelog")).isEqualTo("0");
        }

        List<String> aside() throws SQLException {
            return old.query("SELECT r.key FROM turnout.rejected r WHERE resolved_at IS NULL").stream()
                    .map(key -> key.replaceAll("\\D", ""))
                    .sorted()
                    .toList();
        }

        String standing() throws SQLException {
            return old.one("SELECT count(*) FROM counts WHERE n <= 1000") + " of "
                    + fresh.one("SELECT count(*) FROM sums");
        }

        /** Rows that are put aside, and those that are called wrong. */
        String verified() throws SQLException {
            long rejected = 0;
            long differing = 0;
            for (Chunk chunk : site.database()
                    .transaction(Limits.BOOKKEEPING, connection -> Chunks.all(connection, site, "sums"))) {
                RemoteCheck.Finding finding = RemoteCheck.run(site, chunk);
                rejected += finding.rejected();
                differing += finding.differing();
            }
            return rejected + " put aside, " + differing + " wrong";
        }

        @Override
        public void close() throws SQLException {
            old.close();
            fresh.close();
        }
    }

    private static void theOthersArrive(TestServer from, TestServer to) throws SQLException {
        try (Counts counts = new Counts(from, to)) {
            counts.carry();
            assertThat(counts.aside()).containsExactly("150", "7", "8");
            assertThat(counts.standing()).isEqualTo("197 of 197");
            assertThat(RemoteControl.run(counts.site).blind()).isEmpty();
            assertThat(counts.verified()).isEqualTo("3 put aside, 0 wrong");

            counts.old.execute(
                    "UPDATE counts SET n = 5001 WHERE id IN (20, 21)",
                    "UPDATE counts SET n = -1 WHERE id = 22",
                    "UPDATE counts SET n = 8 WHERE id = 8",
                    "DELETE FROM counts WHERE id = 150");
            counts.apply();
            assertThat(counts.aside()).containsExactly("20", "21", "7");
            assertThat(counts.fresh.one("SELECT n FROM sums WHERE id = 22")).isEqualTo("9223372036854774806");
            assertThat(counts.fresh.one("SELECT n FROM sums WHERE id = 8")).isEqualTo("9223372036854774815");
            assertThat(counts.verified()).isEqualTo("3 put aside, 0 wrong");

            counts.old.execute("DELETE FROM turnout.rejected");
            assertThat(counts.verified()).isEqualTo("0 put aside, 3 wrong");
        }
    }

    @Test
    void theOthersArriveFromPostgres() throws SQLException {
        theOthersArrive(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }

    @Test
    void theOthersArriveFromMysql() throws SQLException {
        theOthersArrive(TestServer.MYSQL, TestServer.POSTGRES_18);
    }

    /**
     * What tells which rows another table touches raises on a customer of a region above a thousand, whatever region it is
     * asked with, and on such a region whatever the customer.
     */
    private static void whatOtherTablesTouchArrives(TestServer from, TestServer to) throws SQLException {
        try (Shop shop = new Shop(from, to)
                .touched("it.id + 9223372036854774807 = old.region_id + 9223372036854774807")
                .with(1_300)) {
            shop.old.execute(
                    "INSERT INTO regions VALUES (5000, 'far')",
                    "UPDATE customers SET region_id = 5000 WHERE id = 1150");
            shop.listening().planned(500).carried();
            for (String region : List.of("2", "5000")) {
                shop.old.execute("UPDATE regions SET label = 'moved " + region + "' WHERE id = " + region);
                String there = "SELECT count(*) FROM clients WHERE region = 'moved " + region + "'";
                assertThat(CaughtUp.<String>ask(shop.site(), connection -> Sql.value(connection, there)
                                .orElseThrow()))
                        .as(region)
                        .isNotEqualTo("0")
                        .isEqualTo(shop.old.one(
                                "SELECT count(*) FROM customers WHERE deleted = 0 AND region_id = " + region));
                shop.applied();
                assertThat(shop.found()).isEqualTo(shop.wanted());
            }
            assertThat(shop.changes()).isEqualTo("0");
            assertThat(shop.rejected()).isEmpty();
        }
    }

    @Test
    void whatOtherTablesTouchArrivesFromPostgres() throws SQLException {
        whatOtherTablesTouchArrives(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }

    @Test
    void whatOtherTablesTouchArrivesFromMysql() throws SQLException {
        whatOtherTablesTouchArrives(TestServer.MYSQL, TestServer.POSTGRES_18);
    }

    /** Looked up by what is not unique: found when it is come to, so it is that row's fault. */
    private static void aRowForWhichALookupFindsTwoIsPutAside(TestServer from, TestServer to) throws SQLException {
        try (Shop shop = new Shop(from, to)
                .up("region", "(SELECT r.label FROM regions r WHERE r.id % 100 = old.region_id)")
                .with(20)
                .listening()
                .planned(10)) {
            shop.old.execute("INSERT INTO regions VALUES (107, 'twice')");
            shop.carried();
            assertThat(shop.rejected())
                    .filteredOn(row -> row.startsWith("clients"))
                    .hasSize(2)
                    .allMatch(row -> row.contains("more than"));
            assertThat(shop.fresh.one("SELECT count(*) FROM clients")).isEqualTo("17");
            shop.old.execute("UPDATE customers SET name = 'later' WHERE id IN (1, 7)");
            shop.applied();
            assertThat(shop.fresh.query("SELECT client_id FROM clients WHERE full_name = 'later'"))
                    .containsExactly("1");
        }
    }

    @Test
    void aRowForWhichALookupFindsTwoIsPutAsideFromPostgres() throws SQLException {
        aRowForWhichALookupFindsTwoIsPutAside(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }

    @Test
    void aRowForWhichALookupFindsTwoIsPutAsideFromMysql() throws SQLException {
        aRowForWhichALookupFindsTwoIsPutAside(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
