package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.jdbc.Dialect;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How single values cross: {@code =} exactly, {@code !} never silently. */
class PairingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NULL",
            value = {
                // from         | to                              | value             | crosses as
                "my bigint u     | pg numeric 20 0 | 18446744073709551615 | 18446744073709551615",
                "my bigint u     | pg bigint | 9223372036854775807 | 9223372036854775807",
                "my bigint u     | pg bigint | 18446744073709551615 | !outside",
                "my decimal      | pg numeric 10 2 | 12.30 | 12.3",
                "my decimal      | pg numeric 10 2 | 12.345 | !rounding",
                "my decimal      | pg integer | 12.00 | 12",
                "my decimal      | pg integer | 12.50 | !whole",
                "my tinyint      | pg boolean | 1 | 1",
                "my tinyint      | pg boolean | 2 | !neither",
                "pg boolean      | my tinyint | true | 1",
                "my bit 1        | pg boolean | 1 | 1",
                "my bit 8        | pg \"bit\" 8 | 101 | 00000101",
                "my datetime     | pg timestamp without time zone 0 6 | 2026-01-05 09:00:00.120000 | 2026-01-05 09:00:00.12",
                "my datetime     | pg timestamp without time zone 0 0 | 2026-01-05 09:00:00.12 | !finer",
                "my datetime     | pg timestamp without time zone 0 6 | 0000-00-00 00:00:00 | !no value",
                "my date         | pg date | 2026-00-10 | !no value",
                "my time         | pg time without time zone 0 6 | 23:59:59 | 23:59:59",
                "my time         | pg time without time zone 0 6 | 25:00:00 | !no value",
                "my varchar      | pg text | x | x",
                "my varchar      | pg character varying 2 | abc | !longer",
                "my varchar      | pg bpchar 5 | 'a ' | !space",
                "pg text         | my varchar 1 | 한 | 한",
                "my varchar      | pg uuid | 0D5F1A2B-1111-2222-3333-444455556666 | 0d5f1a2b-1111-2222-3333-444455556666",
                "my varchar      | pg uuid | zz | !UUID",
                "my binary       | pg uuid | 0d5f1a2b111122223333444455556666 | 0d5f1a2b-1111-2222-3333-444455556666",
                "pg uuid         | my binary 16 | 0d5f1a2b-1111-2222-3333-444455556666 | 0d5f1a2b111122223333444455556666",
                "my blob         | pg bytea | 00FF | 00ff",
                "my json         | pg jsonb | '{\"b\": 1.50, \"a\": [1, null]}' | '{\"a\":[1,null],\"b\":1.5}'",
                "pg jsonb        | my json | 12345678901234567890123 | !digits",
                "pg double precision | my double | NaN | !unknown",
                "my float        | pg real | 0.10000000149011612 | 0.1",
                "my double       | pg double precision | 0.1 | 0.1",
                "my set          | pg text[] | 'a,b c' | '{\"a\",\"b c\"}'",
                "my set          | pg text[] | '' | {}",
                "pg text[]       | my set | '{a,\"b c\"}' | 'a,b c'",
                "pg text[]       | my set | {} | ''",
                "my set          | pg text[] | 'a\"b' | '{\"a\\\"b\"}'",
                "pg text[]       | my set | '{a,NULL}' | !NULL",
                "pg text[]       | my set | '{\"a,b\"}' | !comma",
                "pg text[]       | my set | '{{a},{b}}' | !plain list",
                "pg text[]       | pg text[] | '{\"NULL\",NULL,\"a,b\",\"\"}' | '{\"NULL\",NULL,\"a,b\",\"\"}'",
                "pg jsonb        | pg jsonb | '{\"a\": 1.50}' | '{\"a\": 1.50}'",
                "pg json         | pg jsonb | '{\"a\": 1.50}' | '{\"a\":1.5}'",
                "pg integer      | my smallint | 40000 | !outside",
                "pg numeric 30 5 | my decimal 10 2 | 1234567890.12 | !rounding",
            })
    void aValueCrossesExactlyOrNotAtAll(String from, String to, String value, String crosses) throws BadValue {
        Pairing pairing = new Pairing(type(from), type(to));
        assertThat(pairing.refusal()).isEmpty();
        if (crosses.startsWith("!")) {
            assertThatThrownBy(() -> pairing.carry(value))
                    .isInstanceOf(BadValue.class)
                    .hasMessageContaining(crosses.substring(1));
        } else {
            assertThat(pairing.carry(value)).isEqualTo(crosses);
            assertThat(pairing.found(pairing.carry(value))).as("read back").isEqualTo(crosses);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "my datetime  | pg timestamp with time zone 0 6",
                "my timestamp | pg timestamp without time zone 0 6",
                "my double    | pg real",
                "my double    | pg numeric 10 2",
                "my varchar   | pg integer",
                "my varchar   | pg date",
                "my bigint    | pg text",
                "my blob      | pg text",
                "pg interval  | my varchar 20",
                "pg inet      | my varchar 20",
            })
    void aPairOfTypesWithoutAnExactWayIsRefused(String from, String to) {
        assertThat(new Pairing(type(from), type(to)).refusal()).isPresent();
    }

    /** {@code my bigint u}, {@code pg numeric 20 0}: product, name, then length and scale, {@code u} for unsigned. */
    private static ColumnType type(String text) {
        boolean mysql = text.startsWith("my ");
        boolean unsigned = text.endsWith(" u");
        String rest = text.substring(3).replaceAll(" u$", "").strip();
        String[] words = rest.split(" (?=[0-9])");
        long length = words.length > 1 ? Long.parseLong(words[1]) : 0;
        int scale = words.length > 2 ? Integer.parseInt(words[2]) : 0;
        Form form = mysql ? Form.ofMySql(words[0]) : Form.ofPostgreSql(words[0], false);
        return new ColumnType(
                mysql ? Dialect.MYSQL : Dialect.POSTGRESQL,
                form,
                words[0],
                length,
                scale,
                words.length > 1,
                unsigned,
                Optional.empty(),
                Optional.empty(),
                false);
    }
}
