package dev.turnout.worker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.Place;
import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestSpec;
import dev.turnout.worker.verify.Verify;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An assertion with {@code on: new} is asked where the new side lives, by every one who asks it. */
class NewSideAssertedTest {
    private static final Assertion NO_ORPHAN =
            new Assertion.NoRow("no orphan", "SELECT id FROM appointments WHERE company IS NULL", Side.NEW);

    private static Site site(Place target, TestDatabase old, Optional<TestDatabase> next) throws SQLException {
        Optional<Database> there = Optional.empty();
        if (next.isPresent()) {
            there = Optional.of(next.get().database());
        }
        Site site = new Site(
                new TestSpec().target(target).verify(NO_ORPHAN).spec(),
                7,
                1,
                0,
                "worker",
                old.database(),
                there,
                new SetClock());
        Bookkeeping.enter(site);
        return site;
    }

    private static void asked(Site site, TestDatabase next, String table) throws SQLException {
        assertThat(Preflight.inspect(site.spec(), site.database()).problems()).isEmpty();
        assertThat(Clinic.drive(new Verify(), site)).isInstanceOf(Stride.Done.class);
        assertThat(LastCheck.problems(site)).isEmpty();

        next.execute("INSERT INTO " + table + " VALUES (5, NULL)");
        assertThat(Clinic.drive(new Verify(), site))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .containsExactly("'no orphan' is broken, for example by id=5"));
        assertThat(LastCheck.problems(site)).containsExactly("'no orphan' is broken by 1 rows");
    }

    @Test
    void inAnotherSchema() throws SQLException {
        try (TestDatabase database = TestPostgres.newDatabase()) {
            database.execute("CREATE SCHEMA next", "CREATE TABLE next.appointments (id int, company int)");
            asked(
                    site(new Place("test", Product.POSTGRESQL, Optional.of("next")), database, Optional.empty()),
                    database,
                    "next.appointments");
        }
    }

    @Test
    void onAnotherServer() throws SQLException {
        try (TestDatabase old = TestPostgres.newDatabase();
                TestDatabase next = TestPostgres.newDatabase()) {
            next.execute("CREATE TABLE appointments (id int, company int)");
            asked(site(new Place("next"), old, Optional.of(next)), next, "appointments");
        }
    }
}
