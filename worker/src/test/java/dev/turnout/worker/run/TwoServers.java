package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.run.RunBoard.Orders;
import dev.turnout.worker.run.RunBoard.RolloutView;
import dev.turnout.worker.run.RunBoard.Wish;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A run from one server to another, by the verticle and its real phases; a subclass names the pair. */
abstract class TwoServers {
    private static final String SPEC = """
            migration: clients-next
            database: { name: %s, dialect: %s }
            target:   { name: %s, dialect: %s }
            flag: { key: clients-next }
            expand:
              - { run: new.sql, undo: new.undo.sql, on: new }
            move:
              clients:
                from: customers
                key: id
                up:
                  client_id: old.id
                  full_name: old.name
                  region: (SELECT r.label FROM regions r WHERE r.id = old.region_id)
                down:
                  name: new.full_name
                  region_id: (SELECT r.id FROM regions r WHERE r.label = new.region)
                touched by:
                  regions: it.id = old.region_id
              hooks:
                from: hooks
                key: id
                up: { id: old.id, body: old.body }
            verify:
              a client has a name: { on: new, rows: "SELECT client_id FROM clients WHERE full_name = ''" }
            contract:
              steps:
                - { run: index.sql, undo: index.undo.sql, on: new }
                - { run: mark.sql, irreversible: true, on: new }
                - { run: drop.sql, irreversible: true }
            """;

    private static final RolloutView RAMPED =
            new RolloutView(true, true, 100_000, Optional.of(Instant.EPOCH), 0, Optional.empty(), Optional.empty());
    private static final RolloutView AGREED = new RolloutView(
            true, true, 100_000, Optional.of(Instant.EPOCH), 0, Optional.of("the test"), Optional.of("the test"));
    private static final RolloutView CLOSED =
            new RolloutView(true, false, 0, Optional.empty(), 0, Optional.empty(), Optional.empty());

    private final TestServer from;
    private final TestServer to;

    TwoServers(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    /** The databases and a worker that drives the run. */
    private final class Running implements AutoCloseable {
        final TestDatabase old = from.newDatabase();
        final TestDatabase fresh = to.newDatabase();
        final MemoryBoard board;
        private final Vertx vertx = Vertx.vertx();
        private final SetClock clock = new SetClock();

        Running() throws Exception {
            old.execute(
                    "CREATE TABLE regions (id int PRIMARY KEY, label varchar(40) NOT NULL)",
                    "CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(80) NOT NULL, region_id int)",
                    "CREATE TABLE hooks (id bigint PRIMARY KEY, body varchar(80) NOT NULL)",
                    "INSERT INTO regions VALUES (1, 'north'), (2, 'south')");
            List<String> customers = new ArrayList<>();
            List<String> hooks = new ArrayList<>();
            for (int id = 1; id <= 5_000; id++) {
                customers.add("(" + id + ", 'name " + id + "', " + (id % 3 == 0 ? "NULL" : id % 3) + ")");
                hooks.add("(" + id + ", 'hook " + id + "')");
            }
            old.execute(
                    "INSERT INTO customers VALUES " + String.join(", ", customers),
                    "INSERT INTO hooks VALUES " + String.join(", ", hooks));
            String spec = SPEC.formatted(old.name(), dialect(from), fresh.name(), dialect(to));
            board = new MemoryBoard(new Bundle(
                    "m.yaml",
                    Map.of(
                            "m.yaml", spec,
                            "new.sql",
                                    "CREATE TABLE clients (client_id bigint PRIMARY KEY, full_name varchar(80) NOT NULL,"
                                            + " region varchar(40)); CREATE TABLE hooks (id "
                                            + (to == TestServer.MYSQL
                                                    ? "bigint AUTO_INCREMENT"
                                                    : "bigint GENERATED BY DEFAULT AS IDENTITY")
                                            + " PRIMARY KEY, body varchar(80) NOT NULL)",
                            "new.undo.sql", "DROP TABLE hooks; DROP TABLE clients",
                            "index.sql", "CREATE INDEX clients_name ON clients (full_name)",
                            "index.undo.sql",
                                    to == TestServer.MYSQL
                                            ? "DROP INDEX clients_name ON clients"
                                            : "DROP INDEX clients_name",
                            "mark.sql", "ALTER TABLE clients ADD COLUMN marked int",
                            "drop.sql", "DROP TABLE customers; DROP TABLE hooks; DROP TABLE regions")));
            RunVerticle verticle = new RunVerticle(
                    board,
                    Map.of(old.name(), old.database(), fresh.name(), fresh.database()),
                    new Pace(clock, 1, Duration.ofMillis(20)),
                    new RunSettings(
                            "worker", 2, 1_000, Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofSeconds(10)));
            get(vertx.deployVerticle(verticle));
        }

        void until(Phase phase) {
            await().atMost(Duration.ofSeconds(60)).until(() -> board.phase() == phase || board.phase() == Phase.FAILED);
            assertThat(board.phase()).as(board.because() + " " + board.note()).isEqualTo(phase);
        }

        /** As an application that tries the other side when one does not take its write. */
        void onceTheNewSideTakesIt(String write) {
            await().ignoreExceptionsMatching(TwoServers::closed).untilAsserted(() -> fresh.execute(write));
        }

        void onceTheOldSideHas(String expected, String query) {
            await().untilAsserted(() -> assertThat(old.query(query)).containsExactly(expected));
        }

        List<String> wanted() throws SQLException {
            return old.query("SELECT c.id, c.name, r.label FROM customers c LEFT JOIN regions r ON r.id = c.region_id"
                    + " ORDER BY c.id");
        }

        List<String> found() throws SQLException {
            return fresh.query("SELECT client_id, full_name, region FROM clients ORDER BY client_id");
        }

        @Override
        public void close() throws SQLException {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            old.close();
            fresh.close();
        }
    }

    private static String dialect(TestServer server) {
        return server == TestServer.MYSQL ? "mysql" : "postgresql";
    }

    private static boolean closed(Throwable e) {
        return e instanceof SQLException sql && "40001".equals(sql.getSQLState());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_run_goes_from_the_preflight_to_its_end() throws Exception {
        try (Running run = new Running()) {
            run.until(Phase.ROLLING_OUT);
            assertThat(run.found()).isEqualTo(run.wanted());
            run.old.execute("UPDATE customers SET name = 'on the ramp' WHERE id = 1");
            await().untilAsserted(() -> assertThat(run.found()).contains("1|on the ramp|north"));
            run.board.rollout(RAMPED);
            run.until(Phase.SOAKING);
            run.onceTheNewSideTakesIt("UPDATE clients SET full_name = 'new', region = 'south' WHERE client_id = 1");
            run.onceTheOldSideHas("new|2", "SELECT name, region_id FROM customers WHERE id = 1");
            // A move without a way back stays where it was.
            assertThatThrownBy(() -> run.fresh.execute("INSERT INTO hooks VALUES (9000, 'refused')"))
                    .hasMessageContaining("hooks is written on the old side until the contract");
            run.old.execute("INSERT INTO hooks VALUES (9000, 'carried')");
            await().untilAsserted(() -> assertThat(run.fresh.query("SELECT body FROM hooks WHERE id = 9000"))
                    .containsExactly("carried"));
            await().untilAsserted(() -> assertThat(run.board.note().verified())
                    .hasValueSatisfying(verified -> assertThat(verified.mismatches())
                            .as(run.board.note().problems().toString())
                            .isZero()));
            run.board.rollout(AGREED);
            run.until(Phase.DONE);
            assertThat(run.fresh.one("SELECT full_name FROM clients WHERE client_id = 1"))
                    .isEqualTo("new");
            assertThat(run.fresh.one("SELECT count(*), count(marked) FROM clients"))
                    .isEqualTo("5000|0");
            assertThatThrownBy(() -> run.old.query("SELECT * FROM customers")).isInstanceOf(SQLException.class);
            run.fresh.execute("INSERT INTO hooks (body) VALUES ('free')");
            assertThat(run.fresh.one("SELECT max(id) FROM hooks")).isEqualTo("9001");
        }
    }

    @Test
    void what_the_way_back_puts_aside_is_listed_counted_and_tried_again() throws Exception {
        try (Running run = new Running()) {
            run.until(Phase.ROLLING_OUT);
            run.board.rollout(RAMPED);
            run.until(Phase.SOAKING);
            run.onceTheNewSideTakesIt("INSERT INTO clients VALUES (9000, 'somebody', 'nowhere')");
            await().until(() ->
                    run.board.rejected().filter(aside -> aside.total() == 1).isPresent());
            assertThat(run.board.rejected().orElseThrow().rows())
                    .singleElement()
                    .satisfies(row -> {
                        assertThat(row.side()).isEqualTo(Side.NEW);
                        assertThat(row.table()).isEqualTo("clients");
                        assertThat(row.key()).contains("9000");
                        assertThat(row.message()).contains("nowhere");
                    });
            run.old.execute("INSERT INTO regions VALUES (3, 'nowhere')");
            run.fresh.execute("UPDATE clients SET region = 'nowhere' WHERE client_id = 9000");
            run.board.orders(new Orders(Tuning.NONE, 1));
            await().until(() -> run.board.triedAgain() == 1
                    && run.board.rejected().filter(aside -> aside.total() == 0).isPresent());
            run.onceTheOldSideHas("somebody|3", "SELECT name, region_id FROM customers WHERE id = 9000");
        }
    }

    @Test
    void a_run_is_rolled_back_after_the_flip_with_nothing_lost() throws Exception {
        try (Running run = new Running()) {
            run.until(Phase.ROLLING_OUT);
            run.board.rollout(RAMPED);
            run.until(Phase.SOAKING);
            run.onceTheNewSideTakesIt("INSERT INTO clients VALUES (9000, 'only new', 'north')");
            run.fresh.execute(
                    "DELETE FROM clients WHERE client_id = 2", "UPDATE clients SET region = NULL WHERE client_id = 4");
            run.board.rollout(CLOSED);
            run.board.wish(Wish.ROLL_BACK);
            run.until(Phase.ROLLED_BACK);
            assertThat(run.old.query("SELECT * FROM customers WHERE id IN (2, 4, 9000) ORDER BY id"))
                    .containsExactly("4|name 4|NULL", "9000|only new|1");
            assertThatThrownBy(() -> run.fresh.query("SELECT * FROM clients")).isInstanceOf(SQLException.class);
            run.old.execute("UPDATE customers SET name = 'free again' WHERE id = 3");
            assertThat(run.old.one("SELECT count(*) FROM customers")).isEqualTo("5000");
        }
    }
}
