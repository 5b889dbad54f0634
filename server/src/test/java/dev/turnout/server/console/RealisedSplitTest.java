package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Figures;
import dev.turnout.flags.guard.Ground;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealisedSplitTest {
    private static RealisedSplit of(String rollout, boolean reported) throws Exception {
        return RealisedSplit.of(Optional.of(new Doc(new ObjectMapper().readTree(rollout))), reported);
    }

    private static String running(String gate) {
        return "{\"state\":\"RUNNING\",\"step\":0,\"minUnits\":20,\"gates\":[" + gate + "]}";
    }

    @Test
    void a_flag_without_a_rollout_waits_for_nobody() {
        RealisedSplit split = RealisedSplit.of(Optional.empty(), false);

        assertThat(split.state()).isEqualTo(RealisedSplit.State.NO_ROLLOUT);
        assertThat(split.silence("day")).contains("nothing has to be").doesNotContain("waits");
    }

    @ParameterizedTest
    @CsvSource({
        "ENDED, 2, 20, ENDED, nothing has to be",
        "LATCHED, -1, 20, ROLLED_BACK, nothing has to be",
        "IDLE, -1, 20, NOT_BEGUN, nothing has to be",
        "RUNNING, 0, 0, UNCOUNTED, nothing has to be",
        "RUNNING, 0, 20, SILENT, waits for such reports",
        "COMPLETE, 3, 20, SILENT, waits for such reports",
    })
    void silence_means_something_else_in_each_state(
            String state, int step, int minUnits, RealisedSplit.State known, String silence) throws Exception {
        RealisedSplit split = of(
                "{\"state\":\"%s\",\"step\":%d,\"minUnits\":%d,\"gates\":[]}".formatted(state, step, minUnits), false);

        assertThat(split.state()).isEqualTo(known);
        assertThat(split.silence("day")).contains(silence);
    }

    @ParameterizedTest
    @CsvSource({"750, 250, GOOD, AS_WEIGHED", "500, 500, UNKNOWN, OTHERWISE", "3, 1, GOOD, FEW"})
    void what_was_counted_is_told_as_the_gate_tells_it(int onOld, int onNew, String health, RealisedSplit.State known)
            throws Exception {
        String because = new Figures(
                        new Ground("", 0, Optional.empty()),
                        new Figures.Tally(onOld, Map.of()),
                        new Figures.Tally(onNew, Map.of()),
                        Map.of())
                .split(new Weight(25_000))
                .because();

        RealisedSplit split = of(
                running("{\"name\":\"split\",\"health\":\"%s\",\"because\":\"%s\"}".formatted(health, because)), true);

        assertThat(split.state()).isEqualTo(known);
        assertThat(split.says()).isEqualTo(because);
    }
}
