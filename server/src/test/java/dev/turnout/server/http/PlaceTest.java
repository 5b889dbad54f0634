package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceTest {
    private static final Bundle BUNDLE = new Bundle("migration.yaml", Map.of("migration.yaml", """
            migration: names
            database: shop
            expand:
              - run: tables.sql
                undo: tables.undo.sql
              - { columns: { customers: { name: text } } }
            move:
              orders:
                key: id
                up: { name: old.label }
              customers:
                key: id
                up:
                  name: old.first
            contract:
              steps: [ { run: drop.sql, irreversible: true } ]
            """));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "move orders has 'where'                                          | 8",
                "up customers.name uses random(), so it gives another value — use | 14",
                "the key (id) of customers is not unique                          | 11",
                "expand: tables.sql fails: syntax error                           | 4",
                "contract: drop.sql has neither an undo                           | 16",
                "there is no table customers — name orders                        | 11",
            })
    void a_finding_is_placed_at_the_key_that_it_names(String finding, int line) {
        assertThat(Place.of(finding, BUNDLE)).hasValue(line);
    }

    @ParameterizedTest
    @CsvSource({"the server is read-only", "the role app may not create a schema"})
    void what_names_nothing_of_the_spec_has_no_place(String finding) {
        assertThat(Place.of(finding, BUNDLE)).isEqualTo(OptionalInt.empty());
    }
}
