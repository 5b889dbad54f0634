package dev.turnout.worker.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where each DDL commits, a step that is cut goes on behind what it has done. */
class MySqlExpandTest {
    private TestDatabase db;
    private Site site;

    @BeforeEach
    void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute("CREATE TABLE t (id int PRIMARY KEY, a varchar(10))");
        Map<String, String> types = new LinkedHashMap<>();
        types.put("b", "varchar(20)");
        types.put("c", "bigint");
        ExpandStep.Run script = new ExpandStep.Run(
                "services.sql",
                "CREATE TABLE services (id int PRIMARY KEY, name varchar(20));\n"
                        + "INSERT INTO services VALUES (1, 'a;b');\nCREATE INDEX services_name ON services (name)",
                "DROP TABLE services",
                Map.of("SELECT count(*) FROM services", "1"));
        site = new Site(
                new TestSpec()
                        .expand(new ExpandStep.Columns("t", types), script)
                        .spec(),
                7,
                1,
                0,
                "a worker",
                db.database(),
                new SetClock());
        Bookkeeping.enter(site);
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private List<String> schema() throws SQLException {
        return db.query("SELECT table_name, column_name, column_type FROM information_schema.columns"
                + " WHERE table_schema = database() ORDER BY 1, 2");
    }

    private void undo() throws SQLException {
        Stride stride = Expand.undo(site);
        while (stride instanceof Stride.Again) {
            stride = Expand.undo(site);
        }
        assertThat(stride).isInstanceOf(Stride.Done.class);
    }

    @Test
    void every_step_is_made_once_and_taken_back_whole() throws SQLException {
        List<String> before = schema();
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(new Expand().stride(site)).isInstanceOf(Stride.Done.class);
        assertThat(db.query("SELECT ordinal, state, made FROM turnout.step ORDER BY 1"))
                .containsExactly("0|APPLIED|[\"b\",\"c\"]", "1|APPLIED|[]");
        undo();
        assertThat(schema()).isEqualTo(before);
    }

    @Test
    void columns_that_stand_are_adopted_and_a_differing_one_is_refused() throws SQLException {
        db.execute("ALTER TABLE t ADD COLUMN b varchar(20), ADD COLUMN c int");
        Stride stride = Clinic.drive(new Expand(), site);
        assertThat(stride).isInstanceOf(Stride.Stop.class);
        assertThat(((Stride.Stop) stride).problems())
                .containsExactly("t.c should be bigint, nullable and without a default; it is int");
        db.execute("ALTER TABLE t MODIFY c bigint", "DELETE FROM turnout.step");
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(db.one("SELECT state FROM turnout.step WHERE ordinal = 0")).isEqualTo("ADOPTED");
        undo();
        assertThat(db.one("SELECT count(*) FROM information_schema.columns WHERE table_schema = database()"))
                .as("what was there stays")
                .isEqualTo("4");
    }

    @Test
    void a_script_that_was_cut_goes_on_behind_its_last_statement() throws SQLException {
        // The process died after the CREATE, before it could record that.
        db.execute(
                "CREATE TABLE services (id int PRIMARY KEY, name varchar(20))",
                "ALTER TABLE t ADD COLUMN b varchar(20), ADD COLUMN c bigint",
                "INSERT INTO turnout.step (run, kind, ordinal, title, hash, state, made) VALUES"
                        + " (7, 'EXPAND', 0, 'x', '', 'BEGUN', '[\"b\",\"c\"]'), (7, 'EXPAND', 1, 'y', '', 'BEGUN', '[]')");
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(db.one("SELECT name FROM services")).isEqualTo("a;b");
        assertThat(db.query("SELECT ordinal, state, made FROM turnout.step ORDER BY 1"))
                .as("columns of the first attempt are the run's own")
                .containsExactly("0|APPLIED|[\"b\",\"c\"]", "1|APPLIED|[]");

        // And after the INSERT, which was recorded with it.
        db.execute(
                "DROP INDEX services_name ON services",
                "UPDATE turnout.step SET state = 'BEGUN', made = '[\"2\"]' WHERE ordinal = 1");
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(db.one("SELECT count(*) FROM services")).isEqualTo("1");
        undo();
        assertThat(schema()).containsExactly("t|a|varchar(10)", "t|id|int");
    }
}
