package dev.turnout.server.demo;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Optional;

/** Knows services by their row and the period of a day; never touches the old columns. */
final class NewCode extends BookingCode {
    static final BookingCode CODE = new NewCode();

    private NewCode() {
        super("""
                SELECT r.id, r."preferredDate", s.code, r."serviceName" = s.name AS named, r.period::text AS period,
                  r.status::text AS status
                FROM reservations r LEFT JOIN services s ON s.id = r."serviceId"
                WHERE r."patientId" = ? ORDER BY r.id""", """
                WITH s AS (SELECT id, name, minutes FROM services WHERE code = ?)
                INSERT INTO reservations ("serviceId", "serviceName", "estimatedDuration", period, id, "patientId",
                  patient_name, "preferredDate", status, "createdAt", "updatedAt", phone, birth_date, gender, treatment_type)
                SELECT s.id, s.name, s.minutes, CAST(? AS period), ?, ?, ?, ?, CAST(? AS "ReservationStatus"), ?, ?,
                  '010-0000-0000', DATE '1990-01-01', 'X', 'FOLLOW_UP'
                FROM s""", """
                UPDATE reservations SET
                  ("serviceId", "serviceName", "estimatedDuration") = (SELECT id, name, minutes FROM services WHERE code = ?),
                  period = CAST(? AS period), "preferredDate" = ?, "updatedAt" = ? WHERE id = ?""");
    }

    @Override
    Seen seen(ResultSet row) throws SQLException {
        String service = row.getString("code");
        if (service == null || !row.getBoolean("named")) {
            throw new SQLException("reservation " + row.getLong("id") + " has no service that can be shown");
        }
        return new Seen(
                row.getLong("id"),
                row.getObject("preferredDate", LocalDate.class),
                service,
                Optional.empty(),
                Optional.ofNullable(row.getString("period")).map(Period::valueOf),
                row.getString("status"));
    }

    @Override
    void bindService(PreparedStatement statement, int at, Booking booking) throws SQLException {
        statement.setString(at, booking.service());
    }

    @Override
    void bindTime(PreparedStatement statement, int at, Booking booking) throws SQLException {
        Optional<Period> period = booking.period();
        if (period.isPresent()) {
            statement.setString(at, period.get().name());
        } else {
            statement.setNull(at, Types.VARCHAR);
        }
    }

    @Override
    Booking created(Booking wish) {
        String shown = wish.period().map(Period::firstHour).orElse(Period.ANYTIME);
        return wish.movedTo(wish.date(), wish.service(), shown);
    }

    @Override
    Booking moved(Booking booking, LocalDate date, String service, String time) {
        Optional<Period> wanted = Period.of(time);
        if (wanted.equals(booking.period())) {
            return booking.movedTo(date, service, booking.time()); // what is written stays
        }
        return booking.movedTo(date, service, wanted.map(Period::firstHour).orElse(Period.ANYTIME));
    }
}
