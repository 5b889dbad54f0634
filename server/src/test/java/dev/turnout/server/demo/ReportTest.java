package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    @ParameterizedTest(name = "{0} µs before, {1} µs after: {2}")
    @CsvSource({"50, 55, false", "300, 90, false", "300, 1500, false", "300, 1700, true", "300, 25000, true"})
    void a_query_is_slower_only_beyond_the_noise(long before, long after, boolean slower) {
        assertThat(Report.plainlySlower(micros(before), micros(after))).isEqualTo(slower);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }
}
