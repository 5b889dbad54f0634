package dev.turnout.server.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the hospital promised, written down before the database is asked and again once it has agreed. A file that only
 * grows: it outlives {@code kill -9} of the process (not the loss of power), and a torn last line is cut off when it is
 * opened again. Thread-safe; one reservation is written by one client at a time.
 */
final class Ledger implements AutoCloseable {
    private final FileChannel file;
    private final Map<Long, Standing> standings = new HashMap<>();
    private final Map<Long, Entry> unsettled = new HashMap<>();
    private final Set<Reading> readings = new HashSet<>();
    private long lastNumber;
    private long acknowledged;

    private Ledger(FileChannel file) {
        this.file = file;
    }

    /** Opens the ledger, or begins one. */
    static Ledger open(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        byte[] written = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Ledger ledger = new Ledger(file);
        int whole = ledger.replay(written);
        file.truncate(whole);
        file.position(whole);
        return ledger;
    }

    /**
     * What may be true of a reservation, once the write now under way has ended either way.
     *
     * @param settled what was acknowledged last; empty when nothing ever was
     * @param open writes whose outcome is not known (yet)
     */
    private record Standing(Optional<Entry> settled, List<Entry> open) {}

    /**
     * One write.
     *
     * @param booking empty: the reservation is withdrawn
     */
    record Entry(long number, long id, Optional<Booking> booking) {}

    /** To be called before the write is sent. */
    synchronized Entry intend(long id, Optional<Booking> booking) {
        Entry entry = new Entry(lastNumber + 1, id, booking);
        append(LedgerLine.intent(entry));
        note(entry);
        readings.forEach(reading -> reading.intents.add(entry));
        return entry;
    }

    /** The database has committed the write. */
    synchronized void acknowledge(Entry entry) {
        append(LedgerLine.acknowledged(entry.number()));
        settle(entry);
    }

    /** The database certainly has not committed the write. A write whose fate is unknown is left open instead. */
    synchronized void abandon(Entry entry) {
        append(LedgerLine.abandoned(entry.number()));
        forget(entry);
    }

    /** False while the fate of a write to it is unknown. */
    synchronized boolean isSettled(long id) {
        Standing standing = standings.get(id);
        return standing == null || standing.open().isEmpty();
    }

    /** True when a write to it was ever acknowledged or may have happened. */
    synchronized boolean knows(long id) {
        return standings.containsKey(id);
    }

    /** The acknowledged booking; empty when withdrawn or never written. */
    synchronized Optional<Booking> booking(long id) {
        Standing standing = standings.get(id);
        return standing == null ? Optional.empty() : standing.settled().flatMap(Entry::booking);
    }

    /** Acknowledged writes since the ledger was begun. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Begins to read while writers go on; see {@link Reading}. */
    synchronized Reading read() {
        Reading reading = new Reading();
        standings.forEach((id, standing) -> {
            List<Optional<Booking>> allowed = new ArrayList<>();
            standing.settled().ifPresent(entry -> allowed.add(entry.booking()));
            standing.open().forEach(entry -> allowed.add(entry.booking()));
            reading.begun.put(id, new Allowed(standing.settled().isPresent(), allowed));
        });
        readings.add(reading);
        return reading;
    }

    /**
     * What a snapshot of the database may show when it is taken between {@link Ledger#read()} and {@link #close()}: what
     * was acknowledged at the beginning, or any write intended since then and before the end.
     */
    final class Reading implements AutoCloseable {
        private final Map<Long, Allowed> begun = new HashMap<>();
        private final List<Entry> intents = new ArrayList<>();

        /** Ends the reading; to be called once the snapshot stands. */
        @Override
        public void close() {
            synchronized (Ledger.this) {
                readings.remove(this);
            }
        }

        /** By reservation; lacks those that nobody ever wrote to. Call after {@link #close()}. */
        Map<Long, Allowed> allowed() {
            Map<Long, Allowed> all = new HashMap<>(begun);
            for (Entry intent : intents) {
                all.merge(intent.id(), new Allowed(false, List.of(intent.booking())), Allowed::and);
            }
            return all;
        }
    }

    /**
     * @param acknowledged the first of {@code outcomes} was acknowledged; otherwise the reservation may also be as it was
     *     before anybody wrote to it
     * @param outcomes an empty one means withdrawn
     */
    record Allowed(boolean acknowledged, List<Optional<Booking>> outcomes) {
        private Allowed and(Allowed later) {
            List<Optional<Booking>> both = new ArrayList<>(outcomes);
            both.addAll(later.outcomes);
            return new Allowed(acknowledged, both);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.force(true);
        file.close();
    }

    private void note(Entry entry) {
        lastNumber = entry.number();
        unsettled.put(entry.number(), entry);
        Standing before = standings.getOrDefault(entry.id(), new Standing(Optional.empty(), List.of()));
        List<Entry> open = new ArrayList<>(before.open());
        open.add(entry);
        standings.put(entry.id(), new Standing(before.settled(), open));
    }

    private void settle(Entry entry) {
        unsettled.remove(entry.number());
        acknowledged++;
        standings.put(entry.id(), new Standing(Optional.of(entry), List.of()));
    }

    private void forget(Entry entry) {
        unsettled.remove(entry.number());
        Standing before = standings.get(entry.id());
        if (before == null) {
            return;
        }
        List<Entry> open = new ArrayList<>(before.open());
        open.remove(entry);
        if (before.settled().isEmpty() && open.isEmpty()) {
            standings.remove(entry.id());
        } else {
            standings.put(entry.id(), new Standing(before.settled(), open));
        }
    }

    private int replay(byte[] written) {
        int end = 0;
        for (int at = 0; at < written.length; at++) {
            if (written[at] == '\n') {
                Optional<LedgerLine> line = LedgerLine.parse(new String(written, end, at - end, UTF_8));
                if (line.isEmpty()) {
                    break;
                }
                replay(line.get());
                end = at + 1;
            }
        }
        return end;
    }

    private void replay(LedgerLine line) {
        if (line.kind() == LedgerLine.Kind.INTENT) {
            note(line.entry());
            return;
        }
        Entry entry = unsettled.get(line.number());
        if (entry == null) {
            throw new IllegalStateException("the ledger settles write " + line.number() + " which it never intended");
        }
        if (line.kind() == LedgerLine.Kind.ACKNOWLEDGED) {
            settle(entry);
        } else {
            forget(entry);
        }
    }

    private void append(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger cannot be written; nothing may be promised any more", e);
        }
    }
}
