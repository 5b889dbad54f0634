package dev.turnout.worker.sync;

import static dev.turnout.worker.testkit.Clinic.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncTriggersTest {
    private static final String BOTH_SIDES = """
            SELECT service, "preferredTime", "serviceId", "serviceName", "estimatedDuration", period
            FROM reservations ORDER BY id""";

    private TestDatabase database;
    private Site site;

    @BeforeEach
    void expandedAndSynced() throws SQLException {
        database = Clinic.open();
        Clinic.book(database, "LIFTING", "before");
        site = synced(database, Clinic.spec());
    }

    private static Site synced(TestDatabase database, TestSpec spec) throws SQLException {
        Site site = Clinic.site(spec, database, 1);
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        assertThat(SyncTriggers.intact(site)).isEmpty();
        database.execute("DELETE FROM reservations WHERE \"preferredTime\" = 'before'");
        return site;
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private List<String> rows() throws SQLException {
        return database.query(BOTH_SIDES);
    }

    @Test
    void whatTheOldApplicationWritesAppearsOnTheNewSide() throws SQLException {
        Clinic.book(database, "LIFTING", "10:30");
        assertThat(rows()).containsExactly("LIFTING|10:30|4|리프팅|90|MORNING");

        database.execute("UPDATE reservations SET service = 'ACNE_CARE', \"preferredTime\" = '오후 2:30'");
        assertThat(rows()).containsExactly("ACNE_CARE|오후 2:30|5|여드름 관리|60|AFTERNOON");

        database.execute("UPDATE reservations SET \"preferredTime\" = 'anytime'");
        assertThat(rows()).containsExactly("ACNE_CARE|anytime|5|여드름 관리|60|NULL");
    }

    @Test
    void whatTheNewApplicationWritesAppearsOnTheOldSide() throws SQLException {
        database.execute(insert("\"serviceId\", period", "3, 'EVENING'"));
        database.execute(insert("\"serviceId\"", "4"));
        assertThat(rows()).containsExactly("SKIN_LASER|18:00|3|피부 레이저|50|EVENING", "LIFTING|anytime|4|리프팅|90|NULL");
    }

    @Test
    void anOldValueStaysAsItIsWhereTheNewOneDoesNotContradictIt() throws SQLException {
        Clinic.book(database, "LIFTING", "10:30");

        database.execute("UPDATE reservations SET \"serviceId\" = 5");
        assertThat(rows()).containsExactly("ACNE_CARE|10:30|5|여드름 관리|60|MORNING");

        database.execute("UPDATE reservations SET period = 'EVENING'");
        assertThat(rows()).containsExactly("ACNE_CARE|18:00|5|여드름 관리|60|EVENING");

        database.execute(
                insert("service, \"preferredTime\", \"serviceId\", period", "'LIFTING', '11:15', 4, 'MORNING'"));
        assertThat(rows().get(1)).isEqualTo("LIFTING|11:15|4|리프팅|90|MORNING");
    }

    @Test
    void theNewSideWinsWhereOneStatementContradictsItself() throws SQLException {
        Clinic.book(database, "LIFTING", "10:30");
        database.execute(
                "UPDATE reservations SET service = 'ACNE_CARE', \"serviceId\" = 6, \"preferredTime\" = '9:00', period = 'EVENING'");
        assertThat(rows()).containsExactly("HAIR_REMOVAL|18:00|6|레이저 제모|45|EVENING");
    }

    @Test
    void aRowThatTheBackfillHasNotReachedFollowsTheNewSideOnlyWhereItDiffers() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET turnout.backfill = 'on'");
            statement.execute(insert("service, \"preferredTime\"", "'LIFTING', '10:30'"));
        }
        assertThat(rows()).containsExactly("LIFTING|10:30|NULL|NULL|NULL|NULL");

        database.execute("UPDATE reservations SET period = 'MORNING'");
        assertThat(rows()).containsExactly("LIFTING|10:30|NULL|NULL|NULL|MORNING");

        database.execute("UPDATE reservations SET phone = '1'");
        assertThat(rows()).containsExactly("LIFTING|10:30|NULL|NULL|NULL|MORNING");
    }

    @Test
    void aNewValueThatTheOldSideCannotHoldIsRefused() throws SQLException {
        Clinic.book(database, "LIFTING", "10:30");
        database.execute("INSERT INTO services (id, code, name, minutes) VALUES (7, 'NEW_ONE', 'x', 5)");

        assertThatThrownBy(() -> database.execute("UPDATE reservations SET \"serviceId\" = 7"))
                .hasMessageContaining("have no old value: invalid input value for enum")
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22P02"));
        assertThatThrownBy(() -> database.execute("UPDATE reservations SET \"serviceId\" = 8"))
                .hasMessageContaining("have no old value in service, which must not be NULL")
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23502"));
        assertThat(rows()).containsExactly("LIFTING|10:30|4|리프팅|90|MORNING");
    }

    @Test
    void anUpThatFailsNeverFailsTheApplicationsWrite() throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION period_of(written text) RETURNS period LANGUAGE sql IMMUTABLE AS"
                + " $$ SELECT (written || (1 / (length(written) - 3)))::period $$");
        database.execute("INSERT INTO reservations (id, \"patientId\", patient_name, phone, birth_date, gender,"
                + " treatment_type, \"preferredDate\", service, \"preferredTime\") SELECT n, 'P', 'p', '1', '1990-01-01', 'F',"
                + " 'FIRST_VISIT', '2026-01-06', 'LIFTING', '2pm' FROM generate_series(100, 102) n");
        database.execute("UPDATE reservations SET \"preferredTime\" = '3pm' WHERE id = 101");

        assertThat(rows().get(1)).startsWith("LIFTING|3pm|").endsWith("|NULL");
        assertThat(database.query("SELECT run, table_name, key, phase, sqlstate, message, \"row\" ->> 'preferredTime'"
                        + " FROM turnout.rejected ORDER BY key"))
                .containsExactly(
                        "7|reservations|{\"id\": 100}|SYNC|22012|division by zero|2pm",
                        "7|reservations|{\"id\": 101}|SYNC|22012|division by zero|3pm",
                        "7|reservations|{\"id\": 102}|SYNC|22012|division by zero|2pm");
    }

    @Test
    void aRowThatWasPutAsideIsFilledWholeByWhicheverWriteMendsItAndNotLostUnderAnotherKey() throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION period_of(written text) RETURNS period LANGUAGE sql IMMUTABLE AS"
                + " $$ SELECT CASE WHEN 1 / (length(written) - 3) > 9 THEN 'MORNING'::period END $$");
        Clinic.book(database, "LIFTING", "14:00");
        database.execute("UPDATE reservations SET \"preferredTime\" = '2pm'");
        assertThat(rows()).containsExactly("LIFTING|2pm|4|리프팅|90|NULL");

        database.execute("UPDATE reservations SET id = 500");
        assertThat(database.query("SELECT key FROM turnout.rejected ORDER BY id DESC LIMIT 1"))
                .containsExactly("{\"id\": 500}");

        database.execute("INSERT INTO reservations (id, \"patientId\", patient_name, phone, birth_date, gender,"
                + " treatment_type, \"preferredDate\", service, \"preferredTime\") SELECT 600, \"patientId\", patient_name, phone,"
                + " birth_date, gender, treatment_type, \"preferredDate\", service, '3pm' FROM reservations");
        database.execute("DELETE FROM reservations WHERE id = 500");
        assertThat(rows()).containsExactly("LIFTING|3pm|NULL|NULL|NULL|NULL");

        database.execute("UPDATE reservations SET \"preferredTime\" = 'later'");
        assertThat(rows()).containsExactly("LIFTING|later|4|리프팅|90|NULL");
    }

    @Test
    void statementsOfManyRowsUpsertsAndRollbacksAreCarriedOver() throws SQLException {
        database.execute("CREATE UNIQUE INDEX one_per_phone ON reservations (phone)");
        database.execute(insert("service, \"preferredTime\"", "'LIFTING', '10:30'"));
        String again = insert("service, \"preferredTime\"", "'ACNE_CARE', '19:00'");
        database.execute(again + " ON CONFLICT (phone) DO NOTHING");
        assertThat(rows()).containsExactly("LIFTING|10:30|4|리프팅|90|MORNING");

        database.execute(again + " ON CONFLICT (phone) DO UPDATE SET service = excluded.service");
        assertThat(rows()).containsExactly("ACNE_CARE|10:30|5|여드름 관리|60|MORNING");

        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("UPDATE reservations SET service = 'LIFTING'");
            connection.rollback();
        }
        database.execute(
                "INSERT INTO reservations SELECT (r).* FROM (SELECT jsonb_populate_record(r, jsonb_build_object("
                        + "'id', 1000 + n, 'phone', n, 'service', 'LIFTING', 'serviceId', null, 'serviceName', null,"
                        + " 'estimatedDuration', null)) AS r FROM reservations r, generate_series(1, 500) n) x");
        assertThat(database.query("SELECT count(*), service, \"serviceId\", \"estimatedDuration\" FROM reservations"
                        + " GROUP BY 2, 3, 4 ORDER BY 1"))
                .containsExactly("1|ACNE_CARE|5|60", "500|LIFTING|4|90");
    }

    @Test
    void triggersOfTheApplicationAreSeenWhateverTheyChange() throws SQLException {
        database.execute(
                "CREATE FUNCTION trim_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " NEW.\"preferredTime\" := trim(NEW.\"preferredTime\"); RETURN NEW; END $$",
                "CREATE TRIGGER trim_time BEFORE INSERT OR UPDATE ON reservations"
                        + " FOR EACH ROW EXECUTE FUNCTION trim_time()");
        Clinic.book(database, "LIFTING", " 10:30 ");
        database.execute("UPDATE reservations SET \"preferredTime\" = ' 19:00 '");
        assertThat(rows()).containsExactly("LIFTING|19:00|4|리프팅|90|EVENING");
    }

    @Test
    void anApplicationNeedsNoRightsButThoseItHad() throws SQLException {
        String role = "app_" + database.name();
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'",
                "GRANT SELECT, INSERT, UPDATE ON reservations TO " + role,
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role);
        try (Connection connection = DriverManager.getConnection(database.url(), role, "x");
                Statement statement = connection.createStatement()) {
            statement.execute(insert("service, \"preferredTime\"", "'LIFTING', '10:30'"));
            statement.execute("UPDATE reservations SET \"serviceId\" = 5");
            assertThatThrownBy(() -> statement.execute("SELECT * FROM turnout.rejected"))
                    .hasMessageContaining("permission denied");
        } finally {
            database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
        assertThat(rows()).containsExactly("ACNE_CARE|10:30|5|여드름 관리|60|MORNING");
    }

    @Test
    void aSessionThatPlaysAReplicaIsCarriedOverToo() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(insert("service, \"preferredTime\"", "'LIFTING', '10:30'"));
        }
        assertThat(rows()).containsExactly("LIFTING|10:30|4|리프팅|90|MORNING");
    }

    @Test
    void anUnrelatedColumnMayComeAndGoWithinASession() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(insert("service, \"preferredTime\"", "'LIFTING', '10:30'"));
            database.execute("ALTER TABLE reservations ADD COLUMN colour text DEFAULT 'red', DROP COLUMN notes");
            statement.execute("UPDATE reservations SET service = 'ACNE_CARE'");
            statement.execute("UPDATE reservations SET \"serviceId\" = 6");
        }
        assertThat(rows()).containsExactly("HAIR_REMOVAL|10:30|6|레이저 제모|45|MORNING");
    }

    @Test
    void triggersThatSomebodyTouchedAreToldAndPutRight() throws SQLException {
        List<String> tampering = List.of(
                "ALTER TABLE reservations DISABLE TRIGGER zzz_turnout_7_update",
                "ALTER TABLE reservations ENABLE TRIGGER zzz_turnout_7_insert",
                "DROP TRIGGER zzz_turnout_7_insert ON reservations",
                "CREATE OR REPLACE FUNCTION turnout.sync_7_0() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RETURN NEW; END $$");
        for (String sql : tampering) {
            database.execute(sql);
            assertThat(SyncTriggers.intact(site))
                    .as(sql)
                    .singleElement()
                    .asString()
                    .contains("altered");
            assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
            assertThat(SyncTriggers.intact(site)).isEmpty();
        }
    }

    @Test
    void nothingIsLeftAfterRemoval() throws SQLException {
        for (int times = 0; times < 2; times++) {
            site.database().transaction(Limits.DDL, connection -> {
                SyncTriggers.remove(connection, site);
                return site;
            });
        }
        assertThat(database.query("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zzz_turnout%'"))
                .isEmpty();
        assertThat(database.query("SELECT proname FROM pg_proc WHERE proname LIKE 'sync%'"))
                .isEmpty();
        assertThat(SyncTriggers.intact(site)).singleElement().asString().contains("not installed");
    }

    @Test
    void installationYieldsToAnOpenTransactionAndNamesIt() throws SQLException {
        try (TestDatabase other = Clinic.open();
                Connection connection = other.connect();
                Statement statement = connection.createStatement()) {
            Site waiting = Clinic.site(Clinic.spec(), other, 1);
            Bookkeeping.enter(waiting);
            Clinic.drive(new Expand(), waiting);
            statement.execute("SET application_name = 'a slow report'");
            connection.setAutoCommit(false);
            statement.execute("UPDATE reservations SET phone = '2'");
            assertThat(new SyncTriggers().stride(waiting)).isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(
                            wait.because())
                    .contains("adding the sync triggers of reservations", "a slow report", "idle in transaction"));
            connection.rollback();
            assertThat(Clinic.drive(new SyncTriggers(), waiting)).isInstanceOf(Stride.Done.class);
        }
    }

    @Test
    void otherTypesKeysAndWholeRowsWork() throws SQLException {
        try (TestDatabase other = Clinic.open()) {
            other.execute(
                    "CREATE TABLE \"Odd \"\"one\" (\"a key\" text, b int, j json, code char(3), PRIMARY KEY (\"a key\", b))",
                    "CREATE FUNCTION label(r \"Odd \"\"one\") RETURNS text LANGUAGE sql AS $$ SELECT r.j ->> 'x' $$");
            Map<String, String> up = new LinkedHashMap<>();
            up.put("label", "label(old)");
            up.put("short", "upper(old.code)");
            Map<String, Move.Down> down = Map.of(
                    "code", new Move.Down("lower(new.short)", Optional.empty()),
                    "j", new Move.Down("json_build_object('x', new.label)", Optional.of("json 'null'")));
            TestSpec spec = new TestSpec()
                    .expand(new dev.turnout.migration.ExpandStep.Columns(
                            "Odd \"one", Map.of("label", "varchar(5)", "short", "char(3)")))
                    .move(new Move("Odd \"one", List.of("a key", "b"), up, down, List.of(), Map.of(), 0));
            Site odd = Clinic.site(spec, other, 1);
            Bookkeeping.enter(odd);
            assertThat(Clinic.drive(new Expand(), odd)).isInstanceOf(Stride.Done.class);
            assertThat(Clinic.drive(new SyncTriggers(), odd)).isInstanceOf(Stride.Done.class);

            other.execute("INSERT INTO \"Odd \"\"one\" VALUES ('k', 1, '{\"x\": \"one\"}', 'abc')");
            other.execute("INSERT INTO \"Odd \"\"one\" (\"a key\", b, label, short) VALUES ('k', 2, 'two', 'XYZ')");
            other.execute("INSERT INTO \"Odd \"\"one\" VALUES ('k', 3, '{\"x\": \"too long\"}', 'abc')");
            assertThat(other.query("SELECT b, j, code, label, short FROM \"Odd \"\"one\" ORDER BY b"))
                    .containsExactly(
                            "1|{\"x\": \"one\"}|abc|one|ABC",
                            "2|{\"x\" : \"two\"}|xyz|two|XYZ",
                            "3|{\"x\": \"too long\"}|abc|NULL|NULL");
            assertThat(other.query("SELECT key, sqlstate FROM turnout.rejected"))
                    .containsExactly("{\"b\": 3, \"a key\": \"k\"}|22001");
        }
    }
}
