package dev.turnout.server.demo;

import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.server.demo.Hospital.Service;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Optional;

/**
 * A reservation as it stands in the database, with each representation that there is.
 *
 * @param old empty once the old side is gone
 * @param now empty before the new side is there
 */
record Written(String patient, LocalDate date, String state, Optional<Old> old, Optional<New> now) {
    record Old(String service, String time) {}

    /** The word {@code null} stands where the database has NULL: an incomplete row is what we look for. */
    record New(String service, String name, int minutes, Optional<Period> period) {}

    /** Empty when the row has no reservation. */
    static Optional<Written> read(ResultSet row, Sides sides) throws SQLException {
        if (!row.getBoolean("present")) {
            return Optional.empty();
        }
        return Optional.of(new Written(
                row.getString("is_patient"),
                row.getObject("is_date", LocalDate.class),
                row.getString("is_state"),
                sides == Sides.NEW
                        ? Optional.empty()
                        : Optional.of(new Old(row.getString("old_service"), row.getString("old_time"))),
                sides == Sides.OLD ? Optional.empty() : Optional.of(now(row))));
    }

    private static New now(ResultSet row) throws SQLException {
        return new New(
                String.valueOf(row.getString("new_service")),
                String.valueOf(row.getString("new_name")),
                row.getInt("new_minutes"),
                Optional.ofNullable(row.getString("new_period")).map(Period::valueOf));
    }

    boolean cancelled() {
        return state.equals(Booking.CANCELLED);
    }

    /** True when every representation says what was promised. */
    boolean keeps(Booking promised) {
        return patient.equals(promised.patient())
                && date.equals(promised.date())
                && state.equals(promised.state())
                && old.map(is -> is.equals(new Old(promised.service(), promised.time())))
                        .orElse(true)
                && now.map(is -> is.equals(expected(promised))).orElse(true);
    }

    private static New expected(Booking promised) {
        Service service = Service.of(promised.service());
        return new New(service.code(), service.name(), service.minutes(), promised.period());
    }
}
