package dev.turnout.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The short version: its figures are seeded, so they are held to what the long one promises. */
class GuardBenchTest {
    @Test
    void noHealthyFlagGoesBackAndABrokenReleaseDoesWithinTwentySeconds() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int falseRollbacks = new GuardBench(new PrintStream(printed, true, StandardCharsets.UTF_8), 1, 5).run();
        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(falseRollbacks).as(report).isZero();
        assertThat(report).contains("0 false rollbacks in 12 flag-days");
        assertThat(secondsOf(report, "after two clean hours +10% +25"))
                .as(report)
                .isLessThanOrEqualTo(20);
        assertThat(secondsOf(report, "after two clean hours +50% +25")).isLessThanOrEqualTo(20);
    }

    /** The guard's 95th percentile on a line. */
    private static int secondsOf(String report, String line) {
        return report.lines()
                .filter(each -> each.matches(line + " .*"))
                .mapToInt(each -> Integer.parseInt(each.replaceFirst(line + "\\s+\\d+ / (\\d+) .*", "$1")))
                .findFirst()
                .orElseThrow();
    }
}
