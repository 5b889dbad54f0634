package dev.turnout.server.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of the booking application that knows where services and times are written: there is the code of before and
 * the code of after. Works inside a transaction of the caller.
 */
abstract class BookingCode {
    /**
     * One reservation as this code reads it.
     *
     * @param time empty: this code does not know it
     */
    record Seen(long id, LocalDate date, String service, Optional<String> time, Optional<Period> period, String state) {
        /** True when this code could show the patient what was promised. */
        boolean shows(Booking promised) {
            return date.equals(promised.date())
                    && service.equals(promised.service())
                    && state.equals(promised.state())
                    && period.equals(promised.period())
                    && time.map(promised.time()::equals).orElse(true);
        }
    }

    private final String select;
    private final String insert;
    private final String move;

    /**
     * @param select of a patient
     * @param insert takes service, when, id, patient, name, date, state, now, now
     * @param move takes service, when, date, now, id
     */
    BookingCode(String select, String insert, String move) {
        this.select = select;
        this.insert = insert;
        this.move = move;
    }

    /** @throws SQLException also when a row holds what this code does not understand */
    abstract Seen seen(ResultSet row) throws SQLException;

    abstract void bindService(PreparedStatement statement, int at, Booking booking) throws SQLException;

    abstract void bindTime(PreparedStatement statement, int at, Booking booking) throws SQLException;

    /** What this code makes of a new booking. */
    abstract Booking created(Booking wish);

    /** What this code makes of a wish to come on that day, to that service, at that time. */
    abstract Booking moved(Booking booking, LocalDate date, String service, String time);

    final List<Seen> reservations(Connection connection, String patient) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(select)) {
            query.setString(1, patient);
            try (ResultSet rows = query.executeQuery()) {
                List<Seen> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(seen(rows));
                }
                return all;
            }
        }
    }

    final void create(Connection connection, long id, Booking booking, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bindService(statement, 1, booking);
            bindTime(statement, 2, booking);
            statement.setLong(3, id);
            statement.setString(4, booking.patient());
            statement.setString(5, "환자 " + booking.patient());
            statement.setObject(6, booking.date());
            statement.setString(7, booking.state());
            statement.setObject(8, at(now));
            statement.setObject(9, at(now));
            one(statement, id);
        }
    }

    final void move(Connection connection, long id, Booking next, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(move)) {
            bindService(statement, 1, next);
            bindTime(statement, 2, next);
            statement.setObject(3, next.date());
            statement.setObject(4, at(now));
            statement.setLong(5, id);
            one(statement, id);
        }
    }

    final void putInState(Connection connection, long id, String state, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE reservations SET status = CAST(? AS "ReservationStatus"), "updatedAt" = ? WHERE id = ?""")) {
            statement.setString(1, state);
            statement.setObject(2, at(now));
            statement.setLong(3, id);
            one(statement, id);
        }
    }

    final void withdraw(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM reservations WHERE id = ?")) {
            statement.setLong(1, id);
            one(statement, id);
        }
    }

    private static void one(PreparedStatement statement, long id) throws SQLException {
        if (statement.executeUpdate() != 1) {
            throw new SQLException("reservation " + id + " is not there");
        }
    }

    private static OffsetDateTime at(Instant now) {
        return now.atOffset(ZoneOffset.UTC);
    }
}
