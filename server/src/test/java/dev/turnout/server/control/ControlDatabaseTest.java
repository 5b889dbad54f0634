package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlDatabaseTest {
    private ControlFixture fixture;
    private ControlDatabase control;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open(4);
        control = fixture.control;
        fixture.database.execute("CREATE TABLE t (word text)");
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void a_failed_work_leaves_nothing_behind() throws Exception {
        assertThatThrownBy(() -> await(control.transaction(
                        tx -> insert(tx, "a").compose(done -> Future.failedFuture(new Refused("no"))))))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> await(control.transaction(tx -> {
                    insert(tx, "b");
                    throw new Refused("thrown");
                })))
                .isInstanceOf(Refused.class);
        await(control.transaction(tx -> insert(tx, "c")));
        assertThat(words()).containsExactly("c");
    }

    /** Flyway by itself commits a script on one connection and its record of it on another. */
    @Test
    void a_server_may_die_between_a_script_of_the_schema_and_its_record() throws Exception {
        try (TestDatabase empty = TestPostgres.newDatabase()) {
            ControlSettings settings = new ControlSettings(empty.url(), empty.user(), empty.password(), 2);
            empty.execute("""
                    CREATE SCHEMA killer;
                    CREATE FUNCTION killer.die() RETURNS trigger LANGUAGE plpgsql AS
                      'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                    CREATE FUNCTION killer.arm() RETURNS event_trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands()
                                 WHERE command_tag = 'CREATE TABLE' AND object_identity ~ 'flyway_schema_history') THEN
                        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON flyway_schema_history
                          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version = '1') EXECUTE FUNCTION killer.die();
                      END IF;
                    END $$;
                    CREATE EVENT TRIGGER arm ON ddl_command_end EXECUTE FUNCTION killer.arm();
                    """);
            assertThatThrownBy(() -> await(ControlDatabase.open(fixture.vertx, settings)))
                    .isInstanceOf(ControlUnreachable.class);
            assertThat(empty.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                    .isEmpty();
            empty.execute("DROP EVENT TRIGGER arm");
            await(await(ControlDatabase.open(fixture.vertx, settings)).close());
        }
    }

    @Test
    void killed_connections_are_replaced_and_nobody_notices() throws Exception {
        occupyEveryConnection();
        assertThat(fixture.kill("turnout-control")).isPositive();
        await(Future.all(IntStream.range(0, 20)
                .mapToObj(i -> control.transaction(tx -> insert(tx, "w" + i)))
                .toList()));
        assertThat(words()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void a_connection_lost_in_the_middle_of_a_work_runs_the_work_once_more() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        await(control.transaction(tx -> insert(tx, "run " + runs.incrementAndGet())
                .compose(done -> runs.get() == 1
                        ? tx.rows("SELECT pg_terminate_backend(pg_backend_pid())")
                                .mapEmpty()
                        : Future.succeededFuture())));
        assertThat(words()).containsExactly("run 2");
    }

    @Test
    void a_connection_lost_during_the_commit_is_not_tried_again() throws Exception {
        fixture.database.execute(
                "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
                "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
                        + " FOR EACH ROW EXECUTE FUNCTION die()");
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> await(control.transaction(tx -> {
                    runs.incrementAndGet();
                    return insert(tx, "x");
                })))
                .isInstanceOf(OutcomeUnknown.class);
        assertThat(runs).hasValue(1);
        assertThat(words()).isEmpty();
    }

    @Test
    void a_work_that_was_made_to_yield_is_tried_again() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        await(control.transaction(tx -> insert(tx, "x")
                .compose(done -> runs.incrementAndGet() < 3
                        ? tx.rows("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
                        : Future.succeededFuture())));
        assertThat(runs).hasValue(3);
        assertThat(words()).containsExactly("x");
    }

    @Test
    void what_no_repetition_cures_fails_at_once() {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> await(control.transaction(tx -> {
                    runs.incrementAndGet();
                    return tx.rows("SELECT 1 / 0");
                })))
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(runs).hasValue(1);
    }

    @Test
    void futures_complete_on_the_callers_context_even_after_a_reconnection() throws Exception {
        occupyEveryConnection();
        Context context = fixture.vertx.getOrCreateContext();
        for (boolean killed : List.of(false, true)) {
            if (killed) {
                fixture.kill("turnout-control");
            }
            Future<Boolean> here =
                    Future.future(promise -> context.runOnContext(go -> control.transaction(tx -> insert(tx, "x"))
                            .onComplete(done -> promise.complete(Vertx.currentContext() == context))));
            assertThat(await(here)).isTrue();
        }
    }

    @Test
    void the_pool_outlives_the_verticle_that_opened_it() throws Exception {
        Promise<ControlDatabase> opened = Promise.promise();
        VerticleBase opening = new VerticleBase() {
            @Override
            public Future<?> start() {
                return ControlDatabase.open(vertx, fixture.settings).onComplete(opened);
            }
        };
        await(fixture.vertx.deployVerticle(opening).compose(fixture.vertx::undeploy));
        ControlDatabase survivor = await(opened.future());
        await(survivor.transaction(tx -> insert(tx, "still there")));
        await(survivor.close());
        assertThat(words()).containsExactly("still there");
    }

    @Test
    void closed_it_says_so() throws Exception {
        ControlDatabase other = await(ControlDatabase.open(fixture.vertx, fixture.settings));
        await(other.close());
        assertThatThrownBy(() -> await(other.transaction(tx -> insert(tx, "x"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void a_database_that_cannot_be_reached_is_named_with_its_setting_and_without_the_secret() {
        ControlSettings nowhere = new ControlSettings("jdbc:postgresql://127.0.0.1:1/turnout", "me", "s3cret", 2);
        assertThatThrownBy(() -> await(ControlDatabase.open(fixture.vertx, nowhere)))
                .isInstanceOf(ControlUnreachable.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("--control-db")
                .hasMessageNotContaining("s3cret");
        assertThat(nowhere.toString()).doesNotContain("s3cret");
    }

    @Test
    void a_database_that_does_not_exist_is_named_as_well() {
        ControlSettings missing = new ControlSettings(
                fixture.settings.jdbcUrl().replace(fixture.database.name(), "missing"),
                fixture.settings.user(),
                fixture.settings.secret(),
                2);
        assertThatThrownBy(() -> await(ControlDatabase.open(fixture.vertx, missing)))
                .isInstanceOf(ControlUnreachable.class)
                .hasMessageContaining(missing.address())
                .hasMessageContaining("missing");
    }

    @Test
    void settings_with_credentials_in_the_address_are_refused() {
        for (String url : List.of(
                "jdbc:postgresql://me:s3cret@host/db",
                "jdbc:postgresql://host/db?password=s3cret",
                "jdbc:mysql://host/db")) {
            assertThatThrownBy(() -> new ControlSettings(url, "me", "", 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("s3cret");
        }
    }

    private void occupyEveryConnection() {
        await(Future.all(IntStream.range(0, 4)
                .mapToObj(i -> control.transaction(tx -> tx.rows("SELECT pg_sleep(0.1)")))
                .toList()));
    }

    private static Future<Void> insert(Tx tx, String word) {
        return tx.change("INSERT INTO t (word) VALUES (?)", word).mapEmpty();
    }

    private List<String> words() throws SQLException {
        return fixture.database.query("SELECT word FROM t ORDER BY word");
    }
}
