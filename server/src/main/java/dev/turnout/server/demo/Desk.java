package dev.turnout.server.demo;

import dev.turnout.server.demo.BookingCode.Seen;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Where one write is done: the intent goes into the ledger, the code of the arm writes, the commit is acknowledged in the
 * ledger. Thread-safe, as long as one reservation is written by one client at a time.
 */
final class Desk {
    /** SQL states that say for certain that a commit did not happen: constraint, serialization, deadlock. */
    private static final List<String> REFUSED_AT_COMMIT = List.of("23", "40001", "40P01");

    private final DataSource database;
    private final Ledger ledger;
    private final Clock clock;
    private final Supplier<Release> release;

    Desk(DataSource database, Ledger ledger, Clock clock, Supplier<Release> release) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
        this.release = release;
    }

    /** A change of one reservation. */
    sealed interface Wish {
        long id();

        record Create(long id, Booking booking) implements Wish {}

        record Move(long id, Booking before, LocalDate date, String service, String time) implements Wish {}

        record PutInState(long id, Booking before, String state) implements Wish {}

        record Withdraw(long id, Booking before) implements Wish {}
    }

    /**
     * A reservation as the ledger and a side have it.
     *
     * @param shown the side shows what was promised
     */
    record Promised(long id, Booking booking, boolean shown) {}

    /** The patient's reservations whose state is known for certain, read through the code of the arm. */
    List<Promised> reservations(Arm arm, String patient) throws SQLException {
        try (Connection connection = database.getConnection()) {
            List<Promised> result = new ArrayList<>();
            for (Seen seen : arm.code().reservations(connection, patient)) {
                if (ledger.isSettled(seen.id())) {
                    Booking booking = promised(connection, patient, seen.id());
                    result.add(new Promised(seen.id(), booking, seen.shows(booking)));
                }
            }
            return result;
        }
    }

    private Booking promised(Connection connection, String patient, long id) throws SQLException {
        if (!ledger.knows(id)) {
            return Hospital.loaded(connection, patient, id);
        }
        return ledger.booking(id)
                .orElseThrow(() -> new SQLException("reservation " + id + " was withdrawn and is back"));
    }

    /**
     * Does it; when this returns, it is committed and acknowledged.
     *
     * @throws SQLException when the database refused, or is gone: then the ledger says whether that is certain
     * @throws Release.SlotPickerFailed nothing was written
     */
    void fulfil(Wish wish, Arm arm) throws SQLException {
        Instant now = clock.instant();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Ledger.Entry entry = ledger.intend(wish.id(), outcome(wish, arm));
            boolean committing = false;
            try {
                write(connection, wish, arm, entry, now);
                committing = true;
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                if (!committing || refusedAtCommit(e)) {
                    ledger.abandon(entry);
                }
                rollBack(connection, e);
                throw e;
            }
            ledger.acknowledge(entry);
        }
    }

    private void write(Connection connection, Wish wish, Arm arm, Ledger.Entry entry, Instant now) throws SQLException {
        BookingCode code = arm.code();
        if (wish instanceof Wish.Create create) {
            code.create(connection, create.id(), entry.booking().orElseThrow(), now);
        } else if (wish instanceof Wish.Move move) {
            code.move(connection, move.id(), entry.booking().orElseThrow(), now);
        } else if (wish instanceof Wish.PutInState change) {
            code.putInState(connection, change.id(), change.state(), now);
        } else {
            code.withdraw(connection, wish.id());
        }
        if (arm == Arm.NEW) {
            release.get().pickSlot(patient(wish));
        }
    }

    private static Optional<Booking> outcome(Wish wish, Arm arm) {
        if (wish instanceof Wish.Create create) {
            return Optional.of(arm.code().created(create.booking()));
        } else if (wish instanceof Wish.Move move) {
            return Optional.of(arm.code().moved(move.before(), move.date(), move.service(), move.time()));
        } else if (wish instanceof Wish.PutInState change) {
            return Optional.of(change.before().inState(change.state()));
        }
        return Optional.empty();
    }

    private static String patient(Wish wish) {
        if (wish instanceof Wish.Create create) {
            return create.booking().patient();
        } else if (wish instanceof Wish.Move move) {
            return move.before().patient();
        } else if (wish instanceof Wish.PutInState change) {
            return change.before().patient();
        }
        return ((Wish.Withdraw) wish).before().patient();
    }

    private static boolean refusedAtCommit(Exception e) {
        String state = e instanceof SQLException failure ? failure.getSQLState() : null;
        return state != null && REFUSED_AT_COMMIT.stream().anyMatch(state::startsWith);
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
