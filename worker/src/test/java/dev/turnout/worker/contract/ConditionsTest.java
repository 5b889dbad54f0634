package dev.turnout.worker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Contract;
import dev.turnout.worker.contract.Conditions.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final Contract STRICT = new Contract(Duration.ofDays(14), true, true, true, List.of());
    private static final Instant FULL = Instant.parse("2026-01-05T09:00:00Z");

    private static List<String> unmet(Contract contract, Facts facts, String stableFor) {
        return Conditions.unmet(contract, facts, FULL.plus(Duration.parse(stableFor)));
    }

    @Test
    void everyUnmetConditionIsNamed() {
        Facts nothing = new Facts(Optional.empty(), 2, Optional.empty(), Optional.empty());
        assertThat(unmet(STRICT, nothing, "PT0S"))
                .containsExactly(
                        "stable for 14d: the flag is not at 100 %",
                        "no open incident: 2 to acknowledge",
                        "approved: nobody has approved the contract yet",
                        "backup: none is on record");
    }

    @Test
    void theSoakIsOverToTheSecond() {
        Facts all = new Facts(Optional.of(FULL), 0, Optional.of("Kim"), Optional.of("dump-17"));
        assertThat(unmet(STRICT, all, "P10DT21H"))
                .containsExactly("stable for 14d: since 2026-01-05T09:00:00Z, 3d 3h left");
        assertThat(unmet(STRICT, all, "P13DT23H59M59.9S"))
                .containsExactly("stable for 14d: since 2026-01-05T09:00:00Z, 1s left");
        assertThat(unmet(STRICT, all, "P14D")).isEmpty();
    }

    @Test
    void whatTheSpecDoesNotAskForIsNoCondition() {
        Contract easy = new Contract(Duration.ZERO, false, false, false, List.of());
        assertThat(unmet(easy, new Facts(Optional.of(FULL), 0, Optional.empty(), Optional.empty()), "PT0S"))
                .isEmpty();
        assertThat(unmet(easy, new Facts(Optional.of(FULL), 3, Optional.empty(), Optional.empty()), "PT0S"))
                .as("an open incident locks the contract all the same")
                .containsExactly("no open incident: 3 to acknowledge");
    }
}
