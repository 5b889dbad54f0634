package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuningTest {
    @Test
    void wordsSayTheSameAsTheTuningTheyCameFrom() {
        Tuning tuning = Tuning.of(Map.of(
                "batch", "100ms",
                "lanes", "4",
                "throttle", "black friday",
                "lag", "10s",
                "query", "SELECT count(*) > 100 FROM jobs",
                "window", "22:00-06:00 Europe/Berlin"));
        assertThat(tuning.batch()).contains(Duration.ofMillis(100));
        assertThat(Tuning.of(tuning.words())).isEqualTo(tuning);
        assertThat(tuning.words().keySet()).containsExactlyElementsOf(Tuning.NAMES);
        assertThat(Tuning.NONE.words()).isEmpty();
    }

    @Test
    void everyWordThatIsWrongIsNamedAtOnce() {
        List<String> wrong = new ArrayList<>();
        Tuning.read(
                Map.of(
                        "batch", "an age",
                        "lanes", "17",
                        "throttle", " ",
                        "lag", "1ms",
                        "query", "DELETE FROM jobs",
                        "window", "25:00-06:00",
                        "speed", "9"),
                (name, what) -> wrong.add(name));
        assertThat(wrong).containsExactlyInAnyOrder("batch", "lanes", "throttle", "lag", "query", "window", "speed");
    }

    @ParameterizedTest
    @CsvSource({
        "lanes, 0",
        "lanes, 1.5",
        "lanes, ''",
        "batch, 9ms",
        "batch, 3s",
        "query, SELECT 1; SELECT 2",
        "query, SELECT 'x",
        "window, 22:00",
        "window, 22:00-22:00",
        "window, 22:00-06:00 Mars/Olympus",
        "window, 6-7"
    })
    void aWordOutsideOfItsLimitsIsRefused(String name, String word) {
        List<String> wrong = new ArrayList<>();
        Tuning.read(Map.of(name, word), (named, what) -> wrong.add(named));
        assertThat(wrong).containsExactly(name);
    }

    // Winter: Berlin is an hour ahead of UTC.
    @ParameterizedTest
    @CsvSource({
        "22:00-06:00 Europe/Berlin, 20:59, false",
        "22:00-06:00 Europe/Berlin, 21:00, true",
        "22:00-06:00 Europe/Berlin, 02:00, true",
        "22:00-06:00 Europe/Berlin, 05:00, false",
        "9:30-17:00,                09:29, false",
        "9:30-17:00,                09:30, true",
        "9:30-17:00,                16:59, true",
        "9:30-17:00,                17:00, false",
    })
    void aWindowHoldsInItsOwnZoneAlsoOverMidnight(String window, String utc, boolean open) {
        assertThat(Window.parse(window).orElseThrow().contains(Instant.parse("2026-01-05T" + utc + ":00Z")))
                .isEqualTo(open);
    }
}
