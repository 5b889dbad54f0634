package dev.turnout.flags.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeWindowTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 2026-03-02 is a Monday; Berlin is an hour ahead until the 29th, then two.
                "Mon-Fri 09:00-16:00 Europe/Berlin | Mon-Fri 09:00-16:00 Europe/Berlin | 2026-03-02T08:00:00Z | true",
                "Mon-Fri 9:00 - 16:00 Europe/Berlin | Mon-Fri 09:00-16:00 Europe/Berlin | 2026-03-02T07:59:59Z | false",
                "Mon-Fri 09:00-16:00 Europe/Berlin | Mon-Fri 09:00-16:00 Europe/Berlin | 2026-03-02T15:00:00Z | false",
                "Mon-Fri 09:00-16:00 Europe/Berlin | Mon-Fri 09:00-16:00 Europe/Berlin | 2026-03-30T07:00:00Z | true",
                "Mon-Fri 09:00-16:00 Europe/Berlin | Mon-Fri 09:00-16:00 Europe/Berlin | 2026-03-01T12:00:00Z | false",
                "22:00-06:00                       | 22:00-06:00 UTC                   | 2026-03-01T05:59:00Z | true",
                "22:00-06:00                       | 22:00-06:00 UTC                   | 2026-03-01T06:00:00Z | false",
                "Fri 22:00-06:00                   | Fri 22:00-06:00 UTC               | 2026-03-07T05:00:00Z | true",
                "Fri 22:00-06:00                   | Fri 22:00-06:00 UTC               | 2026-03-06T05:00:00Z | false",
                "Sat-Mon 10:00-11:00               | Sat-Mon 10:00-11:00 UTC           | 2026-03-02T10:30:00Z | true",
                "Sat-Mon 10:00-11:00               | Sat-Mon 10:00-11:00 UTC           | 2026-03-03T10:30:00Z | false",
            })
    void aWindowIsReadShownAndOpenAtItsHours(String text, String shown, Instant now, boolean open) {
        ChangeWindow window = ChangeWindow.parse(text).orElseThrow();
        assertThat(window.toString()).isEqualTo(shown);
        assertThat(ChangeWindow.parse(shown)).contains(window);
        assertThat(window.contains(now)).isEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Mon", "9-16", "09:00-09:00", "25:00-26:00", "Mon-Fun 09:00-10:00", "09:00-10:00 Mars/Base"})
    void whatIsNoWindowIsRefused(String text) {
        assertThat(ChangeWindow.parse(text)).isEmpty();
    }
}
