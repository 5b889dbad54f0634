package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.demo.Ledger.Allowed;
import dev.turnout.server.demo.Ledger.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Booking BOOTH =
            new Booking("P0000001", LocalDate.of(2026, 4, 2), "LIFTING", "오전 10시", Booking.PENDING);
    private static final Booking CONFIRMED = BOOTH.inState(Booking.CONFIRMED);

    private final Path folder;

    LedgerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void remembers_across_a_restart_what_was_acknowledged_abandoned_and_left_open() throws IOException {
        Path file = folder.resolve("ledger");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.acknowledge(ledger.intend(1, Optional.of(BOOTH)));
            ledger.acknowledge(ledger.intend(2, Optional.of(BOOTH)));
            ledger.acknowledge(ledger.intend(2, Optional.empty()));
            ledger.abandon(ledger.intend(3, Optional.of(BOOTH)));
            ledger.intend(1, Optional.of(CONFIRMED));
        }
        try (Ledger again = Ledger.open(file)) {
            assertThat(again.acknowledged()).isEqualTo(3);
            assertThat(again.booking(1)).contains(BOOTH);
            assertThat(again.isSettled(1)).isFalse();
            assertThat(again.booking(2)).isEmpty();
            assertThat(again.knows(2)).isTrue();
            assertThat(again.knows(3)).isFalse();
        }
    }

    @Test
    void cuts_off_a_torn_last_line_and_goes_on_after_it() throws IOException {
        Path file = folder.resolve("ledger");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.acknowledge(ledger.intend(1, Optional.of(BOOTH)));
        }
        byte[] whole = Files.readAllBytes(file);
        String torn = LedgerLine.intent(new Entry(2, 1, Optional.of(CONFIRMED)));
        for (int length = 1; length <= torn.length(); length++) {
            Files.write(file, whole);
            Files.writeString(file, torn.substring(0, length), StandardOpenOption.APPEND);
            try (Ledger again = Ledger.open(file)) {
                assertThat(again.booking(1)).contains(BOOTH);
                assertThat(again.isSettled(1)).isTrue();
                again.acknowledge(again.intend(1, Optional.empty()));
            }
            try (Ledger last = Ledger.open(file)) {
                assertThat(last.acknowledged()).isEqualTo(2);
                assertThat(last.booking(1)).isEmpty();
            }
        }
    }

    @Test
    void a_snapshot_may_show_the_last_acknowledged_or_any_later_intent_until_it_stands() throws IOException {
        try (Ledger ledger = Ledger.open(folder.resolve("ledger"))) {
            ledger.acknowledge(ledger.intend(1, Optional.of(BOOTH)));
            Ledger.Reading reading = ledger.read();
            ledger.acknowledge(ledger.intend(1, Optional.of(CONFIRMED)));
            Entry open = ledger.intend(2, Optional.of(BOOTH));
            reading.close();
            ledger.acknowledge(open);
            ledger.acknowledge(ledger.intend(1, Optional.empty()));

            assertThat(reading.allowed())
                    .containsEntry(1L, new Allowed(true, List.of(Optional.of(BOOTH), Optional.of(CONFIRMED))))
                    .containsEntry(2L, new Allowed(false, List.of(Optional.of(BOOTH))))
                    .hasSize(2);
        }
    }
}
