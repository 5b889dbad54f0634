package dev.turnout.server.demo;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Optional;

/** Knows the enum and the written time; has never heard of services and periods. */
final class OldCode extends BookingCode {
    static final BookingCode CODE = new OldCode();

    private OldCode() {
        super("""
                SELECT id, "preferredDate", service::text AS service, "preferredTime", status::text AS status
                FROM reservations WHERE "patientId" = ? ORDER BY id""", """
                INSERT INTO reservations (service, "preferredTime", id, "patientId", patient_name, "preferredDate", status,
                  "createdAt", "updatedAt", phone, birth_date, gender, treatment_type)
                VALUES (CAST(? AS "ServiceType"), ?, ?, ?, ?, ?, CAST(? AS "ReservationStatus"), ?, ?,
                  '010-0000-0000', DATE '1990-01-01', 'X', 'FOLLOW_UP')""", """
                UPDATE reservations SET service = CAST(? AS "ServiceType"), "preferredTime" = ?, "preferredDate" = ?,
                  "updatedAt" = ? WHERE id = ?""");
    }

    @Override
    Seen seen(ResultSet row) throws SQLException {
        String time = row.getString("preferredTime");
        return new Seen(
                row.getLong("id"),
                row.getObject("preferredDate", LocalDate.class),
                row.getString("service"),
                Optional.of(time),
                Period.of(time),
                row.getString("status"));
    }

    @Override
    void bindService(PreparedStatement statement, int at, Booking booking) throws SQLException {
        statement.setString(at, booking.service());
    }

    @Override
    void bindTime(PreparedStatement statement, int at, Booking booking) throws SQLException {
        statement.setString(at, booking.time());
    }

    @Override
    Booking created(Booking wish) {
        return wish;
    }

    @Override
    Booking moved(Booking booking, LocalDate date, String service, String time) {
        return booking.movedTo(date, service, time);
    }
}
