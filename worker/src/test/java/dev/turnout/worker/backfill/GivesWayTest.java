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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
                        write.take(connection, KeyRange.all(), 10);
                        statement.executeUpdate("INSERT INTO companies (id, name) VALUES (2, 'b')");
                        write.run(connection, KeyRange.all());
                        return "";
                    }));
            assertThat(failure.getErrorCode()).isEqualTo(NOT_WAITED_FOR);
            application.commit();
            assertThat(database.query("SELECT old_id, title FROM places")).containsExactly("2|B");
        }
    }

    /** Why the rows are locked before the first one is written, although the statement that writes would lock them. */
    @Test
    void to_whoever_holds_the_gap_that_its_rows_go_into() throws SQLException {
        try (TestDatabase database = Shop.openOnMySql();
                Connection application = database.connect();
                Statement statement = application.createStatement()) {
            database.execute("INSERT INTO branches (id, name) VALUES (1, 'a'), (3, 'c')");
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            Visits.finish(new SyncTriggers(), site);
            application.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            application.setAutoCommit(false);
            statement.executeUpdate("DELETE FROM branches WHERE id = 3");
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> database.database().transaction(Limits.BATCH, connection -> {
                        RangeWrite write = RangeWrites.road(connection, site, Source.of(site.spec(), Shop.branches()))
                                .write();
                        write.take(connection, KeyRange.all(), 10);
                        write.run(connection, KeyRange.all());
                        return "";
                    }));
            assertThat(failure.getErrorCode()).isEqualTo(NOT_WAITED_FOR);
            application.commit();
        }
    }

    @Test
    void with_all_rows_that_it_takes_locked_and_no_other() throws SQLException {
        try (TestDatabase database = Shop.openOnMySql();
                Connection application = database.connect()) {
            database.execute("INSERT INTO companies (id, name) VALUES (1, 'a'), (3, 'c'), (4, 'd')");
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            application.setAutoCommit(false);
            database.database().transaction(Limits.BATCH, connection -> {
                RangeWrite write = RangeWrites.road(connection, site, Source.of(site.spec(), Shop.companies()))
                        .write();
                assertThat(write.take(connection, KeyRange.all(), 2))
                        .isEqualTo(new Taken(KeyRange.all().upTo(List.of("3")), 2, false));
                assertThat(List.of(free(application, 1), free(application, 3), free(application, 4)))
                        .containsExactly(false, false, true);
                return "";
            });
        }
    }

    @Test
    void and_knows_the_end_of_what_is_left() throws SQLException {
        try (TestDatabase database = Shop.openOnMySql()) {
            database.execute("INSERT INTO companies (id, name) VALUES (1, 'a'), (3, 'c')");
            Site site = Clinic.site(Shop.spec(), database, 1);
            database.database().transaction(Limits.BATCH, connection -> {
                RangeWrite write = RangeWrites.road(connection, site, Source.of(site.spec(), Shop.companies()))
                        .write();
                KeyRange behind = new KeyRange(Optional.of(List.of("3")), Optional.empty());
                assertThat(write.take(connection, KeyRange.all(), 3)).isEqualTo(new Taken(KeyRange.all(), 2, true));
                assertThat(write.take(connection, behind, 3)).isEqualTo(new Taken(behind, 0, true));
                return "";
            });
        }
    }

    private static boolean free(Connection application, int id) throws SQLException {
        try (Statement select = application.createStatement()) {
            select.execute("SELECT 1 FROM companies WHERE id = " + id + " FOR UPDATE NOWAIT");
            return true;
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(NOT_WAITED_FOR);
            return false;
        }
    }
}
