package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.SetClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusinessTimeTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    @Test
    void waits_for_its_start_runs_fast_stands_still_between_two_processes_and_never_goes_back(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("clock");
        SetClock real = new SetClock();
        Instant last;
        try (BusinessTime time = BusinessTime.resume(file, real, BEGIN, 3600)) {
            real.pass(Duration.ofSeconds(10));
            assertThat(time.pace().clock().instant()).isEqualTo(BEGIN);
            time.run();
            real.pass(Duration.ofSeconds(10));
            last = time.pace().clock().instant();
            assertThat(last).isEqualTo(BEGIN.plus(Duration.ofHours(10)));
        }
        real.pass(Duration.ofDays(100));
        try (BusinessTime again = BusinessTime.resume(file, real, BEGIN, 3600)) {
            assertThat(again.pace().clock().instant()).isBetween(last, last.plus(Duration.ofHours(1)));
        }
        assertThat(folder).isDirectoryNotContaining(other -> !other.equals(file));
    }
}
