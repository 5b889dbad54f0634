package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.jdbc.Limits;
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
}
