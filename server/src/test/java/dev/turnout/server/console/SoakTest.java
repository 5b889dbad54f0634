package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoakTest {
    private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

    private static Optional<Soak> of(String state, int step, Duration since) throws Exception {
        return Soak.of(new Doc(new ObjectMapper().readTree("""
                        {"state":"%s","step":%d,"enteredAt":"%s","steps":[
                          {"to":"5%%","soak":"PT24H"},{"to":"25%%","soak":"PT0S"}]}""".formatted(state, step, NOW.minus(since)))), NOW);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT24H, 0", "PT1S, PT23H59M59S, 0", "PT6H, PT18H, 25", "PT23H59M59S, PT1S, 99", "P3D, PT0S, 100"})
    void what_is_left_is_never_told_to_be_over_before_it_is(Duration since, Duration left, long percent)
            throws Exception {
        Soak soak = of("RUNNING", 0, since).orElseThrow();

        assertThat(soak.left()).isEqualTo(left);
        assertThat(soak.percent()).isEqualTo(percent);
        assertThat(soak.until()).isEqualTo(NOW.minus(since).plus(Duration.ofHours(24)));
    }

    @Test
    void nothing_soaks_before_the_first_step_or_after_a_rollback_and_a_step_without_soak_is_over_at_once()
            throws Exception {
        assertThat(of("RUNNING", -1, Duration.ZERO)).isEmpty();
        assertThat(of("LATCHED", 0, Duration.ZERO)).isEmpty();
        assertThat(of("ENDED", 0, Duration.ZERO)).isEmpty();
        assertThat(of("RUNNING", 1, Duration.ZERO).orElseThrow().percent()).isEqualTo(100);
    }
}
