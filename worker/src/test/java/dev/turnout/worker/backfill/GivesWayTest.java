package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A batch on MySQL waits for nobody: while it waited for a row that came into its range after it had locked the others, the
 * application that holds it might come to wait for the batch, and of the two the server takes back the smaller one.
 */
class GivesWayTest {
    private static final int NOT_WAITED_FOR = 3572;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void to_whoever_holds_a_row_that_has_come_into_its_range(boolean unwanted) throws SQLException {
        try (TestDatabase database = Shop.openOnMySql();
                Connection application = database.connect();
                Statement statement = application.createStatement()) {
            database.execute("INSERT INTO companies (id, name) VALUES (1, 'a'), (3, 'c')");
            if (unwanted) {
                database.execute("UPDATE companies SET deleted = true WHERE id = 1");
            }
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            Visits.finish(new SyncTriggers(), site);
            application.setAutoCommit(false);
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> database.database().transaction(Limits.BATCH, connection -> {
                        RangeWrite write = RangeWrites.road(connection, site, Source.of(site.spec(), Shop.companies()))
                                .write();
                        write.lock(connection, KeyRange.all(), Optional.empty());
                        statement.executeUpdate("INSERT INTO companies (id, name) VALUES (2, 'b')");
                        write.run(connection, KeyRange.all());
                        return "";
                    }));
            assertThat(failure.getErrorCode()).isEqualTo(NOT_WAITED_FOR);
            application.commit();
            assertThat(database.query("SELECT old_id, title FROM places")).containsExactly("2|B");
        }
    }
}
