package dev.turnout.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransferPreflightTest {
    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = Shop.open();
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private List<String> problems(Transfer... transfers) throws SQLException {
        return Preflight.inspect(new TestSpec().transfer(transfers).spec(), database.database())
                .problems();
    }

    @Test
    void whatIsInOrderIsNotRefused() throws SQLException {
        assertThat(problems(Shop.companies(), Shop.branches())).isEmpty();
    }

    @Test
    void everyProblemOfTheMappingIsToldAtOnce() throws SQLException {
        Map<String, String> up = Shop.ordered(
                "kind", "'company'", "old_id", "old.id", "title", "old.nom", "open", "now()", "absent", "1");
        assertThat(problems(Shop.transfer("a", "companies", Optional.empty(), up, Map.of(), Map.of())))
                .singleElement()
                .asString()
                .contains("there is no column places.absent");
        up.remove("absent");
        up.put("title", "old.name || random()");
        up.put("open", "extract(epoch FROM now())::int");
        assertThat(problems(Shop.transfer(
                        "a",
                        "companies",
                        Optional.empty(),
                        up,
                        Map.of("name", new Move.Down("new.nothing", Optional.empty())),
                        Map.of("hours", "it.nobody = old.id"))))
                .hasSize(4)
                .anyMatch(problem -> problem.contains("random"))
                .anyMatch(problem -> problem.contains("now"))
                .anyMatch(problem -> problem.contains("nothing"))
                .anyMatch(problem -> problem.contains("nobody"));
    }

    @Test
    void keysMustTellRowsApart() throws SQLException {
        database.execute(
                "ALTER TABLE places DROP CONSTRAINT places_kind_old_id_key",
                "CREATE UNIQUE INDEX ON places (kind, old_id) WHERE open > 1");
        assertThat(problems(Shop.companies()))
                .singleElement()
                .asString()
                .contains("(kind, old_id) is not unique in places");
        database.execute("ALTER TABLE companies DROP CONSTRAINT companies_pkey");
        assertThat(problems(Shop.companies()))
                .anyMatch(problem -> problem.contains("the key (id) of companies is not unique"));
    }

    @Test
    void nothingTellsTwoMovesIntoOneTableApart() throws SQLException {
        Map<String, String> up = Shop.ordered("kind", "'company'", "old_id", "old.id", "title", "old.name");
        assertThat(problems(
                        Shop.companies(),
                        Shop.transfer("others", "branches", Optional.empty(), up, Map.of(), Map.of())))
                .singleElement()
                .asString()
                .contains("companies and others both go into places");
    }

    @Test
    void foreignRowsInTheNewTableAreCountedAndNamed() throws SQLException {
        database.execute(
                "INSERT INTO companies VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO places (kind, old_id, title) VALUES ('company', 1, 'A'), ('company', 2, 'other'),"
                        + " ('company', 77, 'B'), ('of somebody', 3, 'else')");
        assertThat(problems(Shop.companies()))
                .singleElement()
                .asString()
                .contains("holds 2 foreign rows", "{\"id\": 2}", "{\"id\": 77}");
    }
}
