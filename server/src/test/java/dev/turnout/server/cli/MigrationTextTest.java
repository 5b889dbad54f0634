package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrationTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'percent':99,'estimated':true,'secondsLeft':{'from':10,'to':400}   | 99 %  100 of about 100 rows, 50/s, 10 s to 6 min left",
                "'percent':99,'secondsLeft':{'from':90},'throttledPercent':40       | at least 90 s left, throttled 40 % of the time",
                "'percent':50,'secondsLeft':{'from':60,'to':60}                     | , 60 s left",
                "'percent':50,'secondsLeft':{}                                      | 100 of 100 rows, 50/s",
                "'rejected':3                                                       | 100 %  100 of 100 rows, 50/s, 3 rejected"
            })
    void the_time_that_is_left_is_a_range(String members, String shown) throws Exception {
        JsonNode migration = Remote.JSON.readTree(
                ("{'name':'m','phase':'BACKFILLING','wish':'RUN','progress':{'done':100,'total':100,'unit':'rows','perSecond':50,"
                                + members + "}}")
                        .replace('\'', '"'));

        assertThat(MigrationText.full(migration)).anyMatch(line -> line.contains(shown));
    }
}
