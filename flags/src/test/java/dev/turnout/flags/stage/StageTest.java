package dev.turnout.flags.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageTest {
    @ParameterizedTest
    @CsvSource({
        "OFF,        OLD, false, OLD,         -,          DUAL_WRITE, OFF,        DUAL_WRITE",
        "DUAL_WRITE, OLD, false, OLD NEW,     OFF,        SHADOW,     DUAL_WRITE, OFF SHADOW",
        "SHADOW,     OLD, true,  OLD NEW,     DUAL_WRITE, LIVE,       SHADOW,     DUAL_WRITE LIVE",
        "LIVE,       NEW, true,  NEW OLD,     SHADOW,     RAMP_DOWN,  SHADOW,     SHADOW RAMP_DOWN",
        "RAMP_DOWN,  NEW, false, NEW OLD,     LIVE,       COMPLETE,   SHADOW,     LIVE COMPLETE",
        "COMPLETE,   NEW, false, NEW,         RAMP_DOWN,  -,          COMPLETE,   ''",
    })
    void aStageSaysWhoAnswersAndWhoIsWritten(
            Stage stage,
            Side authority,
            boolean compares,
            String writes,
            String previous,
            String next,
            Stage retreat,
            String mayMoveTo) {
        assertThat(stage.authority()).isEqualTo(authority);
        assertThat(stage.compares()).isEqualTo(compares);
        assertThat(stage.writes().stream().map(Side::name).collect(Collectors.joining(" ")))
                .isEqualTo(writes);
        assertThat(stage.writes().get(0)).isEqualTo(authority);
        assertThat(stage.previous().map(Stage::name).orElse("-")).isEqualTo(previous);
        assertThat(stage.next().map(Stage::name).orElse("-")).isEqualTo(next);
        assertThat(stage.retreat()).isEqualTo(retreat);
        String open = java.util.Arrays.stream(Stage.values())
                .filter(stage::mayMoveTo)
                .map(Stage::name)
                .collect(Collectors.joining(" "));
        assertThat(open).isEqualTo(mayMoveTo);
    }
}
