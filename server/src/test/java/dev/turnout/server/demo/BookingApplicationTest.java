package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.server.demo.Audit.Findings;
import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application against the real triggers: whatever the flag says, and however often it changes its mind. */
class BookingApplicationTest {
    private static final long ROWS = 2_000;

    @Test
    void whatever_the_flag_says_both_sides_keep_every_promise(@TempDir Path folder) throws Exception {
        try (TestDatabase clinic = Clinic.legacy(ROWS);
                FlagStub flag = new FlagStub();
                Ledger ledger = Ledger.open(folder.resolve("ledger"))) {
            try (BookingApplication application = application(clinic, flag, ledger)) {
                acknowledged(ledger, 100);
                expand(clinic);
                acknowledged(ledger, 100);
                fill(clinic);
                for (int percent : new int[] {5, 50, 0, 100, 50}) {
                    flag.to(percent);
                    acknowledged(ledger, 150);
                    clean(Audit.of(clinic.dataSource(), ledger, Sides.BOTH));
                }
                assertThat(application.failures()).isZero();
                application.deploy(Release.BAD);
                await().until(() -> application.failures() > 10);
                assertThat(application.harm()).isPresent();
                application.deploy(Release.GOOD);
            }
            clean(Audit.of(clinic.dataSource(), ledger, Sides.BOTH));
            assertThat(clinic.one("SELECT count(*) FROM turnout.rejected")).isEqualTo("0");
            reportsSaySo(flag);
        }
    }

    private static void reportsSaySo(FlagStub flag) {
        long failures = 0;
        for (JsonObject report : flag.reports) {
            JsonObject arms = report.getJsonObject("arms");
            for (String side : arms.fieldNames()) {
                JsonObject arm = arms.getJsonObject(side);
                JsonArray exposed = arm.getJsonArray("exposed");
                assertThat(exposed).isNotEmpty().containsAll(arm.getJsonArray("failed"));
                assertThat(arm.getInteger("mismatches")).as(arm.encode()).isZero();
                failures += side.equals("NEW") ? arm.getLong("failures") : 0;
            }
        }
        assertThat(failures).isPositive();
        assertThat(flag.reports).extracting(report -> report.getLong("seq")).doesNotHaveDuplicates();
    }

    private static BookingApplication application(TestDatabase clinic, FlagStub flag, Ledger ledger) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(clinic.dataSource());
        pool.setMaximumPoolSize(5);
        return new BookingApplication(
                new BookingApplication.Load(4, 2_000, Hospital.patients(ROWS)),
                new FlagClient(flag.uri(), "a token", Operator.FLAG),
                pool,
                ledger,
                new SetClock(Hospital.START));
    }

    private static void expand(TestDatabase clinic) throws SQLException {
        Site site = new Site(spec(), 1, 1, 0, "a worker", clinic.database(), new SetClock());
        Bookkeeping.enter(site);
        done(new Expand(), site);
        done(new SyncTriggers(), site);
    }

    /** As the backfill does it, in one piece. */
    private static void fill(TestDatabase clinic) throws SQLException {
        Mapping mapping = clinic.database()
                .readOnly(
                        Limits.BOOKKEEPING,
                        connection -> Mapping.of(connection, spec().moves().get(0)));
        clinic.execute("SET turnout.backfill = 'on'; UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments()
                + " WHERE " + mapping.differs());
    }

    private static Spec spec() {
        return SpecReader.read(Hospital.bundle()).orThrow();
    }

    private static void done(PhaseWork work, Site site) {
        await().until(() -> work.stride(site), Stride.Done.class::isInstance);
    }

    private static void acknowledged(Ledger ledger, long more) {
        long wanted = ledger.acknowledged() + more;
        await().until(() -> ledger.acknowledged() >= wanted);
    }

    private static void clean(Findings findings) {
        assertThat(findings.clean()).as(findings + " " + findings.examples()).isTrue();
    }
}
