package dev.turnout.server.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnout.server.demo.Ledger.Entry;
import java.time.LocalDate;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One line of the ledger's file: a checksum, a kind, the number of the write, and for an intent what is intended.
 *
 * @param entry without a booking and of reservation 0 unless an intent
 */
record LedgerLine(Kind kind, Entry entry) {
    enum Kind {
        INTENT,
        ACKNOWLEDGED,
        ABANDONED
    }

    long number() {
        return entry.number();
    }

    static String intent(Entry entry) {
        String id = entry.number() + "\t" + entry.id();
        return entry.booking()
                .map(booking -> sealed(
                        Kind.INTENT,
                        String.join(
                                "\t",
                                id,
                                booking.patient(),
                                booking.date().toString(),
                                booking.service(),
                                booking.time(),
                                booking.state())))
                .orElseGet(() -> sealed(Kind.INTENT, id));
    }

    static String acknowledged(long number) {
        return sealed(Kind.ACKNOWLEDGED, Long.toString(number));
    }

    static String abandoned(long number) {
        return sealed(Kind.ABANDONED, Long.toString(number));
    }

    /** Empty when the line is torn. */
    static Optional<LedgerLine> parse(String line) {
        int tab = line.indexOf('\t');
        if (tab < 0 || !line.substring(0, tab).equals(checksum(line.substring(tab + 1)))) {
            return Optional.empty();
        }
        String[] words = line.split("\t", -1);
        Kind kind = Kind.valueOf(words[1]);
        long number = Long.parseLong(words[2]);
        if (kind != Kind.INTENT) {
            return Optional.of(new LedgerLine(kind, new Entry(number, 0, Optional.empty())));
        }
        Optional<Booking> booking = words.length == 4
                ? Optional.empty()
                : Optional.of(new Booking(words[4], LocalDate.parse(words[5]), words[6], words[7], words[8]));
        return Optional.of(new LedgerLine(kind, new Entry(number, Long.parseLong(words[3]), booking)));
    }

    private static String sealed(Kind kind, String rest) {
        String body = kind + "\t" + rest;
        return checksum(body) + "\t" + body;
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
