package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On MySQL an upsert takes a row with any unique value of its own for the one that it is to write. */
class MySqlTransferBackfillTest {
    private static final Transfer TRANSFER = new Transfer(
            "contacts",
            TableName.of("contacts"),
            List.of("id"),
            Optional.empty(),
            TableName.of("people"),
            List.of("id"),
            Map.of("id", "old.id", "email", "old.email"),
            Map.of(),
            Map.of(),
            false,
            1);

    private TestDatabase db;
    private Site site;

    @BeforeEach
    void contacts() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute(
                "CREATE TABLE contacts (id int PRIMARY KEY, email varchar(40) NOT NULL)",
                "INSERT INTO contacts VALUES (1, 'a'), (2, 'b'), (3, 'a')",
                "CREATE TABLE people (id int PRIMARY KEY, email varchar(40) NOT NULL)");
        site = new Site(new TestSpec().transfer(TRANSFER).spec(), 11, 1, 0, "a worker", db.database(), new SetClock());
        Bookkeeping.enter(site);
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private Backfill planned() throws SQLException {
        Visits.finish(new SyncTriggers(), site);
        Visits.finish(new ChunkPlan(2), site);
        return Visits.backfill(Duration.ofMillis(50));
    }

    private List<String> people() throws SQLException {
        return db.query("SELECT * FROM people ORDER BY id");
    }

    private List<String> putAside() throws SQLException {
        return db.query("SELECT `key` FROM turnout.rejected WHERE run = 11 AND resolved_at IS NULL");
    }

    @Test
    void a_row_whose_unique_value_another_one_has_is_put_aside() throws SQLException {
        db.execute("ALTER TABLE people ADD UNIQUE (email)");
        assertThat(Visits.finish(planned(), site)).isInstanceOf(Stride.Done.class);
        assertThat(people()).containsExactly("1|a", "2|b");
        assertThat(putAside()).hasSize(1);
    }

    @Test
    void nothing_is_in_the_way_where_the_key_alone_is_unique() throws SQLException {
        assertThat(Visits.finish(planned(), site)).isInstanceOf(Stride.Done.class);
        assertThat(people()).containsExactly("1|a", "2|b", "3|a");
        assertThat(putAside()).isEmpty();
    }

    @Test
    void a_column_that_becomes_unique_meanwhile_is_found_by_the_sweep() throws SQLException {
        Backfill backfill = planned();
        assertThat(backfill.stride(site)).isInstanceOf(Stride.Again.class);
        assertThat(people()).hasSize(2);
        db.execute("ALTER TABLE people ADD UNIQUE (email)");
        assertThat(Visits.finish(backfill, site)).isInstanceOf(Stride.Done.class);
        assertThat(people()).containsExactly("1|a", "2|b");
        assertThat(putAside()).hasSize(1);
    }
}
