package dev.turnout.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the triggers of MySQL could not carry into another table is refused before the first change. */
class MySqlTransferPreflightTest {
    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = Shop.openOnMySql();
        database.execute("CREATE TABLE towns (id int PRIMARY KEY)");
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private List<String> problems(TestSpec spec) throws SQLException {
        return Preflight.inspect(spec.spec(), database.database()).problems();
    }

    @Test
    void what_is_in_order_is_not_refused() throws SQLException {
        database.execute("ALTER TABLE hours ADD CONSTRAINT plain FOREIGN KEY (company) REFERENCES companies (id)");
        assertThat(problems(Shop.spec())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "companies, ON DELETE CASCADE",
        "companies, ON UPDATE CASCADE",
        "companies, ON DELETE SET NULL",
        "hours, ON DELETE CASCADE",
        "hours, ON UPDATE SET NULL",
        "places, ON DELETE CASCADE",
    })
    void a_foreign_key_that_changes_rows_unheard_is_refused(String table, String action) throws SQLException {
        database.execute(
                "ALTER TABLE " + table + " ADD COLUMN town int NULL",
                "ALTER TABLE " + table + " ADD CONSTRAINT unheard FOREIGN KEY (town) REFERENCES towns (id) " + action);
        assertThat(problems(Shop.spec())).isNotEmpty().allSatisfy(problem -> assertThat(problem)
                .contains("the foreign key unheard changes rows of " + table)
                .contains("no trigger fires for that"));
    }

    @Test
    void so_is_one_that_an_expand_step_makes() throws SQLException {
        String make =
                "CREATE TABLE rooms (kind varchar(20) NOT NULL, old_id bigint NOT NULL, title varchar(20) NOT NULL,"
                        + " town int, UNIQUE (kind, old_id), CONSTRAINT unheard FOREIGN KEY (town) REFERENCES towns (id) ON"
                        + " DELETE CASCADE)";
        Map<String, String> up = Shop.ordered("kind", "'branch'", "old_id", "old.id", "title", "old.name");
        Transfer shop = Shop.transfer("branches", "branches", Optional.empty(), up, Map.of(), Map.of());
        Transfer rooms = new Transfer(
                "rooms",
                shop.from(),
                shop.key(),
                shop.where(),
                TableName.of("rooms"),
                shop.as(),
                shop.up(),
                shop.down(),
                shop.touchedBy(),
                false,
                100);
        assertThat(problems(new TestSpec()
                        .expand(new ExpandStep.Run("rooms.sql", make, "DROP TABLE rooms", Map.of()))
                        .transfer(rooms)))
                .singleElement()
                .asString()
                .contains("the foreign key unheard changes rows of rooms");
    }

    @Test
    void queries_that_cannot_be_locked_each_are_refused() throws SQLException {
        Map<String, String> up = new LinkedHashMap<>(Shop.branches().up());
        up.put("open", "(SELECT min(u.n) FROM (SELECT 1 AS n UNION SELECT h.open FROM hours h) AS u)");
        assertThat(problems(new TestSpec()
                        .transfer(Shop.transfer("b", "branches", Optional.empty(), up, Map.of(), Map.of()))))
                .singleElement()
                .asString()
                .contains("puts queries together that have no parentheses");
        up.put("open", "(SELECT min(u.n) FROM ((SELECT 1 AS n) UNION (SELECT h.open FROM hours h)) AS u)");
        assertThat(problems(new TestSpec()
                        .transfer(Shop.transfer("b", "branches", Optional.empty(), up, Map.of(), Map.of()))))
                .isEmpty();
    }
}
