package dev.turnout.worker.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.testkit.Calendar;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MakingTest {
    private static final String TOKEN_INDEX = "calendar_connections_token_expires_at_idx";
    private static final int STATEMENTS = 30;

    private static final String EVERY_KIND = """
            CREATE TYPE mood AS ENUM ('GOOD', 'BAD');
            ALTER TABLE users ADD COLUMN mood mood;
            CREATE INDEX CONCURRENTLY users_mood_idx ON users (mood);
            CREATE TABLE moods (user_id text PRIMARY KEY, mood mood NOT NULL);
            ALTER TABLE moods ADD CONSTRAINT moods_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
            ALTER TABLE moods VALIDATE CONSTRAINT moods_user_id_fkey;
            """;

    private TestDatabase database;
    private long epoch = 1;

    @BeforeEach
    void legacy() throws SQLException {
        database = Calendar.open();
        Calendar.load(database, 4_000);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private Site site(long epoch) throws SQLException {
        return Calendar.site(Calendar.spec(), database, epoch);
    }

    /** A run of another file of the operator's. */
    private Site site(String sql) throws SQLException {
        return site(sql, 1);
    }

    private Site site(String sql, long epoch) throws SQLException {
        Spec spec = SpecReader.read(new Bundle(
                        "m.yaml",
                        Map.of(
                                "m.yaml",
                                "{ migration: m, database: d, flag: { key: f }, expand: [ { make: a.sql } ] }",
                                "a.sql",
                                sql)))
                .orThrow();
        return Calendar.site(spec, database, epoch);
    }

    private void byHand(int statements) throws SQLException {
        for (String statement : Calendar.statements().subList(0, statements)) {
            database.execute(statement);
        }
    }

    /** An enum keeps what it got. */
    private static List<String> withApple(List<String> fingerprint) {
        return fingerprint.stream()
                .map(line -> line.equals("type calendar_provider GOOGLE,MICROSOFT")
                        ? "type calendar_provider GOOGLE,MICROSOFT,APPLE"
                        : line)
                .toList();
    }

    private static Stride expand(Site site) throws SQLException {
        return Clinic.drive(new Expand(), site);
    }

    private static Stride undo(Site site) throws SQLException {
        return Clinic.drive(Expand::undo, site);
    }

    private List<String> refused(Site site) throws SQLException {
        Stride stride = Clinic.drive(new Preflight(), site);
        assertThat(stride).isInstanceOf(Stride.Stop.class);
        return ((Stride.Stop) stride).problems();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 13, 26, STATEMENTS})
    void what_was_applied_by_hand_is_adopted_and_stays(int byHand) throws SQLException {
        byHand(byHand);
        List<String> before = Fingerprint.of(database);
        Site site = site(1);

        assertThat(Clinic.drive(new Preflight(), site)).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(before);
        assertThat(expand(site)).isInstanceOfSatisfying(Stride.Done.class, done -> assertThat(
                        (List<?>) done.report().get("adopted"))
                .hasSize(byHand));
        assertThat(new Expand().stride(site)).isInstanceOf(Stride.Done.class);
        assertThat(database.query("SELECT state, count(*) FROM turnout.step GROUP BY 1 HAVING count(*) > 0 ORDER BY 1"))
                .isEqualTo(List.of("ADOPTED|" + byHand, "APPLIED|" + (STATEMENTS - byHand)).stream()
                        .filter(line -> !line.endsWith("|0"))
                        .toList());

        Stride back = undo(site);
        assertThat(back).isInstanceOf(Stride.Done.class);
        if (byHand == 0) {
            assertThat(back.because()).endsWith("PostgreSQL cannot take back: value APPLE of calendar_provider");
        } else {
            assertThat(back.because())
                    .contains(byHand + " that were there before the run")
                    .doesNotContain("APPLE");
        }
        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(byHand == 0 ? withApple(before) : before);
    }

    @Test
    void parts_in_any_order_are_adopted() throws SQLException {
        // Enums without the one that is there, the table of events, one of its keys, one of its indexes, the column.
        for (int i : List.of(1, 2, 3, 10, 26, 12, 4)) {
            database.execute(Calendar.statements().get(i));
        }
        List<String> before = Fingerprint.of(database);
        Site site = site(1);
        assertThat(expand(site)).isInstanceOf(Stride.Done.class);
        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        // The foreign key was there and not validated; that it is now takes nothing away.
        assertThat(Fingerprint.of(database))
                .isEqualTo(withApple(before.stream()
                        .map(line -> line.replace(" NOT VALID", ""))
                        .toList()));
    }

    @Test
    void what_differs_is_refused_in_the_preflight_and_all_at_once() throws SQLException {
        database.execute(
                "CREATE TYPE event_status AS ENUM ('CONFIRMED', 'TENTATIVE', 'CANCELLED')",
                "CREATE TYPE sync_status AS ENUM ('PENDING', 'SYNCED', 'FAILED', 'CONFLICT', 'LOST')",
                "CREATE TYPE recurrence_frequency AS ENUM ('DAILY', 'WEEKLY', 'YEARLY')",
                "ALTER TABLE calendar_connections ADD COLUMN sync_token varchar(64) NOT NULL DEFAULT ''",
                "CREATE INDEX " + TOKEN_INDEX + " ON calendar_connections (token_expires_at)",
                Calendar.statements().get(6),
                "ALTER TABLE oauth_states DROP COLUMN code_verifier, ADD COLUMN nonce text",
                "CREATE TABLE oauth_states_state_idx (x int)",
                "ALTER TABLE oauth_states ADD CONSTRAINT oauth_states_user_id_fkey"
                        + " FOREIGN KEY (user_id) REFERENCES users (id)");
        List<String> before = Fingerprint.of(database);

        List<String> problems = refused(site(1));
        assertThat(problems.stream()
                        .map(problem -> problem.replaceFirst("^expand: make calendar-events.sql #(\\d+), .*?: ", "$1 ")
                                .replaceFirst(" — .*", ""))
                        .toList())
                .containsExactly(
                        "2 the values of type event_status should be in the order [TENTATIVE, CONFIRMED, CANCELLED];"
                                + " it is [CONFIRMED, TENTATIVE, CANCELLED]",
                        "3 value LOST of sync_status should not be there; it is 'value'",
                        "4 value MONTHLY of recurrence_frequency should be 'value'; it is missing",
                        "5 column calendar_connections.sync_token should be 'text';"
                                + " it is 'character varying(64) NOT NULL DEFAULT ''::character varying'",
                        "6 index calendar_connections_token_expires_at_idx should be 'CREATE INDEX"
                                + " calendar_connections_token_expires_at_idx ON calendar_connections USING btree"
                                + " (token_expires_at) WHERE is_active'; it is 'CREATE INDEX"
                                + " calendar_connections_token_expires_at_idx ON calendar_connections USING btree"
                                + " (token_expires_at)'",
                        "7 column oauth_states.nonce should not be there; it is 'text'",
                        "7 column oauth_states.code_verifier should be 'text'; it is missing",
                        "8 index oauth_states_state_idx should be 'CREATE INDEX oauth_states_state_idx ON oauth_states"
                                + " USING btree (state)'; it is 'table'",
                        "25 constraint oauth_states.oauth_states_user_id_fkey should be 'FOREIGN KEY (user_id) REFERENCES"
                                + " users(id) ON DELETE CASCADE'; it is 'FOREIGN KEY (user_id) REFERENCES users(id)'");
        assertThat(Fingerprint.of(database)).isEqualTo(before);

        // Whoever skips the preflight is stopped at the first of them, with nothing of that step made.
        assertThat(expand(site(2))).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                .singleElement()
                .asString()
                .contains("[TENTATIVE, CONFIRMED, CANCELLED]"));
        assertThat(undo(site(3))).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(withApple(before));
    }

    @Test
    void an_invalid_index_is_built_again() throws SQLException {
        database.execute(Calendar.statements().get(5));
        database.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '" + TOKEN_INDEX + "'::regclass");
        String oid = database.one("SELECT '" + TOKEN_INDEX + "'::regclass::oid");

        Site site = site(1);
        Stride preflight = new Preflight().stride(site);
        assertThat(preflight).isInstanceOfSatisfying(Stride.Done.class, done -> assertThat(
                        done.report().toString())
                .contains("index " + TOKEN_INDEX + " is there and invalid: it will be built again"));
        assertThat(expand(site)).isInstanceOf(Stride.Done.class);
        assertThat(database.one("SELECT indisvalid, indexrelid::text <> '" + oid
                        + "' FROM pg_index WHERE indexrelid = '" + TOKEN_INDEX + "'::regclass"))
                .isEqualTo("t|t");
    }

    /**
     * A run and its rollback, cut once, at each beginning and each end of a statement and at each record of one in turn:
     * an end that is cut before its commit is taken back, after it the worker has died without knowing.
     */
    @Test
    void a_run_cut_at_any_boundary_ends_like_one_that_was_not() throws SQLException {
        List<String> before = Fingerprint.of(database);
        site(EVERY_KIND, 1);
        database.execute("""
                CREATE SEQUENCE turnout.boundary;
                CREATE TABLE turnout.cut (at bigint);
                INSERT INTO turnout.cut VALUES (0);
                CREATE FUNCTION turnout.reach() RETURNS void LANGUAGE plpgsql AS $$
                BEGIN
                  IF nextval('turnout.boundary') = (SELECT at FROM turnout.cut) THEN
                    RAISE EXCEPTION 'cut' USING ERRCODE = 'XX000';
                  END IF;
                END $$;
                CREATE FUNCTION turnout.reach_by_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                  -- At its start a DROP INDEX CONCURRENTLY must not be counted: it has to be the first of its transaction.
                  IF (TG_EVENT = 'ddl_command_end' OR TG_TAG <> 'DROP INDEX')
                     AND current_query() NOT LIKE '%turnout%'
                     AND current_setting('search_path') NOT LIKE '%turnout_scratch%' THEN
                    PERFORM turnout.reach();
                  END IF;
                END $$;
                CREATE FUNCTION turnout.reach_by_record() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM turnout.reach();
                  RETURN NULL;
                END $$;
                CREATE TRIGGER reach AFTER INSERT OR UPDATE OR DELETE ON turnout.step
                FOR EACH ROW EXECUTE FUNCTION turnout.reach_by_record();
                CREATE EVENT TRIGGER reach_start ON ddl_command_start EXECUTE FUNCTION turnout.reach_by_ddl();
                CREATE EVENT TRIGGER reach_end ON ddl_command_end EXECUTE FUNCTION turnout.reach_by_ddl()""");
        assertThat(thereAndBack(0)).isZero();
        List<String> expanded = expandedOnce;
        List<String> records = recordsOnce;
        int boundaries = Integer.parseInt(database.one("SELECT last_value FROM turnout.boundary"));
        assertThat(boundaries).isGreaterThan(20);
        for (int cut = 1; cut <= boundaries; cut++) {
            assertThat(thereAndBack(cut)).as("cuts at %s", cut).isEqualTo(1);
            assertThat(expandedOnce).as("cut at %s", cut).isEqualTo(expanded);
            assertThat(recordsOnce).as("cut at %s", cut).isEqualTo(records);
            assertThat(Fingerprint.of(database)).as("cut at %s", cut).isEqualTo(before);
        }
    }

    private List<String> expandedOnce = List.of();
    private List<String> recordsOnce = List.of();

    /** @return how often it was cut */
    private int thereAndBack(int cut) throws SQLException {
        database.execute("ALTER SEQUENCE turnout.boundary RESTART", "UPDATE turnout.cut SET at = " + cut);
        int cuts = untilDone(Expand::new);
        expandedOnce = Fingerprint.of(database);
        recordsOnce = database.query("SELECT ordinal, hash, state, made FROM turnout.step ORDER BY 1");
        return cuts + untilDone(() -> Expand::undo);
    }

    /** After a cut another worker goes on. */
    private int untilDone(Supplier<PhaseWork> worker) throws SQLException {
        for (int cuts = 0; cuts < 10; cuts++) {
            Stride stride = Clinic.drive(worker.get(), site(EVERY_KIND, ++epoch));
            if (stride instanceof Stride.Done) {
                return cuts;
            }
            assertThat(stride).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                    .singleElement()
                    .asString()
                    .startsWith("XX000: cut"));
        }
        throw new AssertionError("the work does not end");
    }

    @Test
    void a_build_waits_for_an_old_transaction_and_names_it() throws Exception {
        Site site = site("CREATE INDEX CONCURRENTLY users_created_at_idx ON users (created_at)");
        Expand expand = new Expand();
        try (Connection report = database.connect();
                Statement statement = report.createStatement()) {
            statement.execute("SET application_name = 'a slow report'");
            report.setAutoCommit(false);
            statement.execute("UPDATE users SET email = email WHERE id = 'user-000001'");
            for (int times = 0; times < 2; times++) {
                assertThat(expand.stride(site)).isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(
                                wait.because())
                        .startsWith("index users_created_at_idx is being built: it waits for pid ")
                        .contains("(a slow report, idle in transaction, ", " s): UPDATE users SET email = email"));
            }
            // Another worker takes over: it leaves the build alone that goes on.
            assertThat(new Expand().stride(site))
                    .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                            .startsWith("index users_created_at_idx is still being built by pid ")
                            .contains("it waits for pid ", "a slow report"));
            report.rollback();
        }
        assertThat(driveThroughWaits(expand, site)).isInstanceOf(Stride.Done.class);
        assertThat(database.one("SELECT count(*) FROM pg_index WHERE indrelid = 'users'::regclass AND indisvalid"))
                .isEqualTo("3");
    }

    private static Stride driveThroughWaits(Expand expand, Site site) throws SQLException {
        Stride stride = expand.stride(site);
        while (stride instanceof Stride.Again || stride instanceof Stride.Wait) {
            stride = expand.stride(site);
        }
        return stride;
    }

    @Test
    void a_rollback_calls_its_own_build_off() throws Exception {
        List<String> before = Fingerprint.of(database);
        Site site = site("CREATE INDEX CONCURRENTLY users_created_at_idx ON users (created_at)");
        try (Connection report = database.connect();
                Statement statement = report.createStatement()) {
            report.setAutoCommit(false);
            statement.execute("UPDATE users SET email = email WHERE id = 'user-000001'");
            assertThat(new Expand().stride(site)).isInstanceOf(Stride.Wait.class);
            assertThat(Expand.undo(site)).isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                    .contains("the build under way is called off"));
            report.rollback();
        }
        Stride stride = Expand.undo(site);
        while (!(stride instanceof Stride.Done)) {
            stride = Expand.undo(site);
        }
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }

    @Test
    void a_build_that_fails_says_why_and_is_mended_once_the_rows_are() throws SQLException {
        database.execute("UPDATE users SET created_at = '2025-01-01' WHERE id < 'user-000003'");
        Site site = site("CREATE UNIQUE INDEX CONCURRENTLY users_created_at_key ON users (created_at)");
        assertThat(expand(site)).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                .singleElement()
                .asString()
                .contains("could not create unique index"));
        database.execute("UPDATE users SET created_at = '2024-01-01' WHERE id = 'user-000001'");
        assertThat(expand(site)).isInstanceOf(Stride.Done.class);
        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        assertThat(database.one("SELECT to_regclass('users_created_at_key')")).isEqualTo("NULL");
    }

    @Test
    void a_foreign_key_waits_for_its_locks_and_names_who_has_them() throws Exception {
        Site site = site(1);
        Expand expand = new Expand();
        List<String> done = new ArrayList<>();
        while (done.size() < 24) {
            done.add(expand.stride(site).because());
        }
        try (Connection report = database.connect();
                Statement statement = report.createStatement()) {
            statement.execute("SET application_name = 'a slow report'");
            report.setAutoCommit(false);
            statement.execute("UPDATE users SET email = email WHERE id = 'user-000001'");
            assertThat(expand.stride(site)).isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                    .startsWith("make calendar-events.sql #25, ALTER TABLE oauth_states ADD CONSTRAINT")
                    .contains(
                            "waits for a lock; held by pid ",
                            "(a slow report, idle in transaction, ",
                            " on users: UPDATE users SET email"));
            report.rollback();
        }
        assertThat(Clinic.drive(expand, site)).isInstanceOf(Stride.Done.class);
    }

    @Test
    void what_goes_missing_later_stops_the_run() throws SQLException {
        Site site = site("ALTER TABLE users ADD COLUMN time_zone text");
        assertThat(expand(site)).isInstanceOf(Stride.Done.class);
        database.execute("ALTER TABLE users ALTER time_zone TYPE varchar(3)");
        assertThat(expand(site)).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                .containsExactly("column users.time_zone should be 'text'; it is 'character varying(3)'"));
    }
}
