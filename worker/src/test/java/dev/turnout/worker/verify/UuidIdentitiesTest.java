package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.BundleFiles;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.monitor.Measuring;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** String ids to UUIDs across related tables: the migration of {@code sql/migrations/uuid-identities}, run for real. */
class UuidIdentitiesTest {
    private static final Path HOME = Path.of("../sql/migrations/uuid-identities");
    private static final int USERS = 2_000;
    private static final UUID NAMESPACE = UUID.fromString("8f14a45f-ceea-467f-9a2f-1d3c5b7e9a01");

    private final Spec spec = read();
    private TestDatabase database;
    private long epoch;

    @BeforeEach
    void legacy() throws SQLException, IOException {
        database = TestPostgres.newDatabase();
        database.execute(Files.readString(HOME.resolve("legacy.sql")), Files.readString(HOME.resolve("sample.sql")));
        database.execute("SELECT sample(" + USERS + ")", "DROP FUNCTION sample(int)");
        takeOver();
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private static Spec read() {
        try {
            return SpecReader.read(BundleFiles.read(HOME.resolve("migration.yaml")))
                    .orThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As a worker does that finds the run without a driver: nothing is left of what the one before had in memory. */
    private void takeOver() throws SQLException {
        epoch++;
        Bookkeeping.enter(site());
    }

    private Site site() {
        return new Site(spec, 7, epoch, 0, "worker " + epoch, database.database(), new SetClock());
    }

    private void finish(PhaseWork work) throws SQLException {
        assertThat(Clinic.driveThroughWaits(work, site())).isInstanceOf(Stride.Done.class);
    }

    private static Backfill backfill() {
        return Visits.backfill(Duration.ofMillis(50));
    }

    private void synced() throws SQLException {
        finish(new Preflight());
        finish(new Expand());
        finish(new SyncTriggers());
        finish(new ChunkPlan(1_000));
    }

    private void moved() throws SQLException {
        synced();
        finish(backfill());
    }

    @Test
    void everyRowGetsAnIdentityAndEveryPairIsKept() throws SQLException {
        moved();
        finish(new Verify());
        finish(new Rehearsal());
        assertThat(database.query("SELECT table_name, count(*) FROM id_mappings GROUP BY 1 ORDER BY 1"))
                .containsExactly("clinics|40", "dashboards|4000", "providers|160", "users|2000");
        assertThat(database.one("SELECT count(uuid_id), count(*), count(auth_id) FROM users"))
                .isEqualTo("2000|2000|0");
        assertThat(database.one("SELECT count(uuid_id), count(clinic_uuid_id) FROM providers"))
                .isEqualTo("160|160");
        // The index that its readers need is there: by table and old id.
        assertThat(database.query("SELECT indexdef FROM pg_indexes WHERE tablename = 'id_mappings' ORDER BY 1"))
                .anyMatch(index -> index.contains("(table_name, old_id)"));
    }

    @Test
    void theMonitorsSayWhatIsMissing() throws SQLException {
        moved();
        assertThat(Measuring.all(spec, database.database(), Instant.EPOCH).values())
                .hasSize(2)
                .allMatch(verdict -> verdict.startsWith("SUCCESS"));
        database.execute(
                "ALTER TABLE users DISABLE TRIGGER USER",
                "INSERT INTO users (id, email, name) VALUES ('late', 'late@example.org', 'Late')");
        assertThat(Measuring.all(spec, database.database(), Instant.EPOCH).values())
                .containsExactlyInAnyOrder(
                        "FAILURE: fails when missing > 0 OR wrong > 0",
                        "FAILURE: fails when orphans > 0 OR unmapped > 0");
    }

    @Test
    void anIdentityDependsOnNothingButTheName() throws SQLException {
        moved();
        for (String id : List.of("user1", "user123", "user2000")) {
            byte[] name = ("users/" + id).getBytes(StandardCharsets.UTF_8);
            ByteBuffer named = ByteBuffer.allocate(16 + name.length)
                    .putLong(NAMESPACE.getMostSignificantBits())
                    .putLong(NAMESPACE.getLeastSignificantBits())
                    .put(name);
            assertThat(database.one("SELECT uuid_id FROM users WHERE id = ?", id))
                    .isEqualTo(UUID.nameUUIDFromBytes(named.array()).toString());
        }
    }

    @Test
    void dashboardsWaitForUsers() throws SQLException {
        assertThat(spec.before().get("dashboards")).contains("ids of users");
        synced();
        Backfill backfill = backfill();
        Stride stride = new Stride.Wait(Duration.ZERO, "not begun");
        while (!(stride instanceof Stride.Done)) {
            stride = backfill.stride(site());
            String begun = database.one(
                    "SELECT count(*) FROM turnout.chunk WHERE table_name IN ('dashboards', 'providers') AND rows_done > 0");
            String waitedFor = database.one(
                    "SELECT count(*) FROM turnout.chunk WHERE table_name LIKE 'ids of %' AND state = 'OPEN'");
            assertThat(begun.equals("0") || waitedFor.equals("0")).isTrue();
        }
    }

    @Test
    void aDashboardWithoutItsUserIsPutAsideWithItsContextAndNeverDropped() throws SQLException {
        moved();
        assertThat(database.query(
                        "SELECT table_name, key ->> 'id', split_part(message, E'\\n', 1), at IS NOT NULL, phase, \"row\" ->> 'user_id'"
                                + " FROM turnout.rejected ORDER BY (\"row\" ->> 'user_id')"))
                .containsExactly(
                        "dashboards|dash1500|ERROR: there is no user gone1500|t|BACKFILL|gone1500",
                        "dashboards|dash2500|ERROR: there is no user gone2500|t|BACKFILL|gone2500",
                        "dashboards|dash3500|ERROR: there is no user gone3500|t|BACKFILL|gone3500",
                        "dashboards|dash500|ERROR: there is no user gone500|t|BACKFILL|gone500");
        finish(new Verify());
        assertThat(database.one("SELECT count(*), count(user_uuid_id) FROM dashboards"))
                .isEqualTo("4000|3996");
        // Its user comes back: the next look finds it, and the row counts as mended.
        database.execute("INSERT INTO users (id, email, name) VALUES ('gone500', 'g@example.org', 'G')");
        finish(new Verify());
        assertThat(database.query("SELECT key ->> 'id' FROM turnout.rejected WHERE resolved_at IS NOT NULL"))
                .containsExactly("dash500");
        assertThat(database.one(
                        "SELECT user_uuid_id = identity_of('users', 'gone500') FROM dashboards WHERE id = 'dash500'"))
                .isEqualTo("t");
    }

    @Test
    void whatApplicationsWriteMeanwhileIsCarriedToo() throws SQLException {
        synced();
        database.execute(
                "INSERT INTO users (id, email, name) VALUES ('new1', 'new1@example.org', 'N')",
                "INSERT INTO dashboards (id, user_id, title) VALUES ('newdash', 'new1', 'N'), ('lost', 'nobody', 'L')",
                "UPDATE users SET id = 'renamed' WHERE id = 'user7'",
                "DELETE FROM users WHERE id = 'user8'");
        assertThat(database.one(
                        "SELECT user_uuid_id = identity_of('users', 'new1') FROM dashboards WHERE id = 'newdash'"))
                .isEqualTo("t");
        assertThat(database.query("SELECT old_id FROM id_mappings WHERE table_name = 'users' ORDER BY 1"))
                .containsExactly("new1", "renamed");
        assertThat(database.query("SELECT key ->> 'id', phase FROM turnout.rejected"))
                .containsExactly("lost|SYNC");
        finish(backfill());
        assertThat(database.query("SELECT old_id FROM id_mappings WHERE old_id IN ('user7', 'user8')"))
                .isEmpty();
    }

    @Test
    void aKilledWorkerIsFollowedByOneThatGoesOnFromTheLastCommittedBatch() throws SQLException {
        synced();
        PhaseWork backfill = backfill();
        Stride stride = backfill.stride(site());
        for (int strides = 1; !(stride instanceof Stride.Done); strides++) {
            // Often enough, and not so often that no search for a bad row comes to its end.
            if (strides % 15 == 0) {
                String before = checkpoint();
                Site gone = site();
                takeOver();
                assertThat(stale(backfill, gone)).isTrue();
                assertThat(checkpoint()).isEqualTo(before);
                backfill = backfill();
            }
            stride = backfill.stride(site());
        }
        assertThat(epoch).isGreaterThan(3);
        finish(new Verify());
        assertThat(database.one("SELECT count(*) FROM id_mappings")).isEqualTo("6200");
    }

    private static boolean stale(PhaseWork backfill, Site site) throws SQLException {
        try {
            backfill.stride(site);
            return false;
        } catch (StaleEpoch e) {
            return true;
        }
    }

    private String checkpoint() throws SQLException {
        return database.query("SELECT table_name, seq, watermark, rows_done, state FROM turnout.chunk ORDER BY id")
                .toString();
    }

    @Test
    void theCheckpointTellsTableLastIdProcessedTotalStatusAndErrors() throws SQLException {
        moved();
        assertThat(database.query("""
                SELECT c.table_name, sum(c.rows_done), min(c.state), max(c.state),
                       (SELECT count(*) FROM turnout.rejected r WHERE r.table_name = c.table_name)
                FROM turnout.chunk c WHERE c.run = 7 GROUP BY 1 ORDER BY 1"""))
                .containsExactly(
                        "clinics|40|DONE|DONE|0",
                        "dashboards|4000|DONE|DONE|4",
                        "ids of clinics|40|DONE|DONE|0",
                        "ids of dashboards|4000|DONE|DONE|0",
                        "ids of providers|160|DONE|DONE|0",
                        "ids of users|2000|DONE|DONE|0",
                        "providers|160|DONE|DONE|0",
                        "users|2000|DONE|DONE|0");
        assertThat(database.query("SELECT watermark FROM turnout.chunk WHERE table_name = 'users' AND seq = 2"))
                .first()
                .asString()
                .contains("user999");
    }

    @Test
    void runningAgainChangesNothing() throws SQLException {
        moved();
        String before = rows();
        database.execute("UPDATE turnout.chunk SET state = 'OPEN', watermark = NULL, owner = NULL WHERE seq > 0");
        finish(backfill());
        assertThat(rows()).isEqualTo(before);
    }

    /** With the version of each row, which any write changes. */
    private String rows() throws SQLException {
        return database.query(
                        "SELECT md5(string_agg(r::text || xmin::text, ',' ORDER BY old_id, table_name)) FROM id_mappings r")
                + "/" + database.query("SELECT md5(string_agg(r::text || xmin::text, ',' ORDER BY id)) FROM users r");
    }

    @Test
    void rollingBackLeavesNothing() throws SQLException {
        List<String> before = Fingerprint.of(database);
        moved();
        finish(new Verify());
        finish(new Rollback());
        assertThat(Fingerprint.of(database)).isEqualTo(before);
        assertThat(database.query("SELECT * FROM turnout.chunk")).isEmpty();
        assertThat(database.query("SELECT id FROM turnout.rejected WHERE resolved_at IS NULL"))
                .isEmpty();
    }
}
