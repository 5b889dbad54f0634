package dev.turnout.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresTest {
    @Test
    void a_test_gets_a_database_of_its_own() throws Exception {
        try (TestDatabase a = TestPostgres.newDatabase();
                TestDatabase b = TestPostgres.newDatabase()) {
            a.execute("CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (NULL)");
            assertThat(a.query("SELECT x, 'a' FROM t ORDER BY x")).containsExactly("1|a", "NULL|a");
            assertThat(b.one("SELECT to_regclass('t') IS NULL")).isEqualTo("t");
        }
    }
}
