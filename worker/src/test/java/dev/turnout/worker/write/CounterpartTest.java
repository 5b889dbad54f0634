package dev.turnout.worker.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestSpec;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write.Op;
import dev.turnout.worker.write.WriteBoard.Claimed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The new table is on a server of its own, and no trigger carries a row there. */
class CounterpartTest {
    private static final String OLD =
            "SELECT id, name, extract(year FROM born)::int FROM people WHERE live ORDER BY id";
    private static final String NEW = "SELECT legacy_id, full_name, year FROM persons WHERE kind = 'person' ORDER BY 1";

    private TestDatabase old;
    private TestDatabase fresh;
    private Site site;
    private int keys;

    static Spec spec() {
        return spec(TableName.of("persons"));
    }

    private static Spec spec(TableName into) {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("kind", "'person'");
        up.put("legacy_id", "old.id");
        up.put("full_name", "old.name");
        up.put("year", "extract(year FROM old.born)::int");
        return new TestSpec()
                .transfer(new Transfer(
                        "people",
                        TableName.of("people"),
                        List.of("id"),
                        Optional.of("old.live"),
                        into,
                        List.of("kind", "legacy_id"),
                        up,
                        Map.of(),
                        Map.of(),
                        false,
                        100))
                .spec();
    }

    @BeforeEach
    void twoServers() throws SQLException {
        old = TestPostgres.newDatabase();
        fresh = TestPostgres.newDatabase();
        old.execute(
                "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL, born date, live boolean NOT NULL)",
                """
                CREATE TABLE seen (name text);
                CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO seen VALUES (NEW.name); RETURN NULL; END $$;
                CREATE TRIGGER see AFTER INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION see()""");
        fresh.execute(
                "CREATE TABLE persons (kind text, legacy_id bigint, full_name varchar(20) NOT NULL, year smallint,"
                        + " PRIMARY KEY (kind, legacy_id))");
        fresh.execute("INSERT INTO persons VALUES ('company', 1, 'not ours', 1)");
        site = new Site(
                spec(),
                7,
                1,
                0,
                "a worker",
                old.database(),
                Clinic.site(new TestSpec(), old, 1).clock());
        Bookkeeping.enter(site);
    }

    @AfterEach
    void drop() throws SQLException {
        old.close();
        fresh.close();
    }

    private Outcome perform(Op op, String id, String... columnsAndValues) throws SQLException {
        return perform(Phase.ROLLING_OUT, Side.OLD, op, id, columnsAndValues);
    }

    private Outcome perform(Phase phase, Side side, Op op, String id, String... columnsAndValues) throws SQLException {
        Map<String, Optional<String>> values = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.put(columnsAndValues[i], Optional.of(columnsAndValues[i + 1]));
        }
        Write write = new Write(side, "people", op, Map.of("id", id), values);
        return new DualWrite(site, fresh.database(), new Claimed(1, 7, "old", phase, "key-" + keys++, write, 1))
                .perform();
    }

    @Test
    void the_other_server_follows_the_authority() throws SQLException {
        assertThat(perform(Op.UPSERT, "1", "name", "Ada", "born", "1815-12-10", "live", "true"))
                .isEqualTo(new Outcome(Verdict.APPLIED, "", "both sides hold it"));
        assertThat(fresh.query(NEW)).containsExactly("1|Ada|1815");
        perform(Op.UPSERT, "1", "name", "Ada Lovelace");
        assertThat(fresh.query(NEW)).containsExactly("1|Ada Lovelace|1815");
        perform(Op.UPSERT, "1", "live", "false");
        assertThat(fresh.query(NEW)).as("no counterpart any more").isEmpty();
        perform(Op.UPSERT, "1", "live", "true");
        perform(Op.DELETE, "1");
        assertThat(fresh.query(NEW)).isEmpty();
        assertThat(fresh.one("SELECT full_name FROM persons")).isEqualTo("not ours");
    }

    @Test
    void before_the_new_table_is_there_the_old_side_alone_is_written() throws SQLException {
        fresh.execute("DROP TABLE persons");
        Outcome outcome = perform(Phase.EXPANDING, Side.OLD, Op.UPSERT, "1", "name", "Ada", "live", "true");
        assertThat(outcome.because()).startsWith("the OLD side holds it, which alone");
        assertThat(perform(Phase.ROLLING_OUT, Side.NEW, Op.UPSERT, "1", "full_name", "Ada")
                        .because())
                .startsWith("side must be OLD");
    }

    @Test
    void a_table_in_a_schema_of_its_own_is_not_taken_for_another_of_its_name() {
        assertThat(WriteCheck.problems(
                        spec(new TableName(Optional.of("elsewhere"), "persons")),
                        ChildWriter.claimed().write()))
                .containsExactly("move must be one without a schema of its own: writes reach the connection's only");
    }

    @Test
    void what_the_other_server_refuses_stands_on_the_authority_and_holds_up_nothing() throws SQLException {
        Outcome outcome = perform(Op.UPSERT, "1", "name", "a name of over twenty letters", "live", "true");
        assertThat(outcome.verdict()).isEqualTo(Verdict.ASIDE);
        assertThat(outcome.because()).contains("persons cannot: value too long for type character varying(20)");
        assertThat(old.query(OLD)).containsExactly("1|a name of over twenty letters|NULL");
        assertThat(perform(Op.UPSERT, "1", "name", "short").verdict()).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void a_lock_on_the_other_server_is_waited_for_and_the_authority_is_not_written_again() throws SQLException {
        try (Connection holder = fresh.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("LOCK TABLE persons");
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> new DualWrite(site, fresh.database(), ChildWriter.claimed()).perform())
                        .hasMessageContaining("lock timeout");
            }
        }
        assertThat(new DualWrite(site, fresh.database(), ChildWriter.claimed())
                        .perform()
                        .verdict())
                .isEqualTo(Verdict.APPLIED);
        assertThat(old.query("SELECT * FROM seen")).containsExactly("Ada");
        assertThat(fresh.query(NEW)).containsExactly("1|Ada|1815");
    }

    @Test
    void a_worker_killed_between_the_authority_and_the_other_server_is_made_up_for(@TempDir Path folder)
            throws Exception {
        try (Connection holder = fresh.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("LOCK TABLE persons");
            Process child = ChildWriter.start(old, fresh, folder.resolve("child.log"));
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> old.query(OLD).size() == 1);
            } finally {
                child.destroyForcibly().waitFor();
            }
        }
        assertThat(fresh.query(NEW)).isEmpty();
        Outcome outcome = new DualWrite(site, fresh.database(), ChildWriter.claimed()).perform();
        assertThat(outcome.because()).isEqualTo("both sides hold it");
        assertThat(fresh.query(NEW)).isEqualTo(old.query(OLD));
        assertThat(old.query("SELECT * FROM seen")).containsExactly("Ada");
    }

    /** Whoever follows a change of a row never leaves something older behind: there is no last refresh that mends all. */
    @Test
    void however_many_follow_one_row_none_leaves_an_older_one_behind() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(6);
        try {
            for (int round = 0; round < 10; round++) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    Random random = new Random(100L * round + i);
                    all.add(writers.submit(() -> {
                        follow(random);
                        return random;
                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
                assertThat(fresh.query(NEW)).as("round " + round).isEqualTo(old.query(OLD));
            }
        } finally {
            writers.shutdownNow();
        }
    }

    private void follow(Random random) throws SQLException {
        for (int i = 0; i < 10; i++) {
            long id = 1L + random.nextInt(2);
            switch (random.nextInt(3)) {
                case 0 -> old.update("DELETE FROM people WHERE id = ?", id);
                case 1 -> old.update("UPDATE people SET live = NOT live WHERE id = ?", id);
                default ->
                    old.update(
                            "INSERT INTO people VALUES (?, ?, NULL, true)"
                                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                            id,
                            Integer.toString(random.nextInt(1_000_000)));
            }
            new Counterpart(
                            old.database(),
                            fresh.database(),
                            spec().transfers().get(0),
                            WriteCheck.row(spec(), "people").orElseThrow(),
                            Map.of("id", Long.toString(id)))
                    .refresh(new Limits(Duration.ofSeconds(10), Duration.ofSeconds(20), 10));
        }
    }
}
