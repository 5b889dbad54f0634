package dev.turnout.server.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * What the hospital must look like at the end, counted over whole tables.
 *
 * @param loaded reservations before the migration
 * @param preserved of these, still there
 * @param made reservations made since
 * @param complete reservations with service, name and duration
 * @param placed reservations with a period
 */
record Facts(
        long loaded,
        long preserved,
        long made,
        long complete,
        long placed,
        boolean oldGone,
        long services,
        long slots) {
    private static final int DAYS = 60;

    static Facts read(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT (SELECT count(*) FROM demo.loaded), count(l.id), count(*) - count(l.id),
                          count(*) FILTER (WHERE num_nulls(r."serviceId", r."serviceName", r."estimatedDuration") = 0),
                          count(r.period),
                          to_regtype('"ServiceType"') IS NULL AND to_regclass('service_reservation_limits') IS NULL
                            AND to_regclass('"reservations_preferredDate_service_status_idx"') IS NULL,
                          (SELECT count(*) FROM services WHERE "isActive"),
                          (SELECT count(*) FROM clinic_time_slots WHERE "isActive")
                        FROM reservations r LEFT JOIN demo.loaded l USING (id)""")) {
            row.next();
            return new Facts(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getBoolean(6),
                    row.getLong(7),
                    row.getLong(8));
        }
    }

    long now() {
        return preserved + made;
    }

    boolean asPromised() {
        return complete == now()
                && placed >= 0.95 * now()
                && oldGone
                && services == Hospital.SERVICES.size()
                && slots == Hospital.SLOTS;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d before, %,d withdrawn by patients, %,d made since, %,d now; complete %,d, with a period %.1f %%;"
                        + " old enum, table and index %s; %d active services, %d time slots",
                loaded,
                loaded - preserved,
                made,
                now(),
                complete,
                100.0 * placed / Math.max(1, now()),
                oldGone ? "gone" : "STILL THERE",
                services,
                slots);
    }

    /** The median time of the question for one day's confirmed morning reservations, over the days from the opening on. */
    static Duration dayQuery(DataSource database, Arm side) throws SQLException {
        String morning = side == Arm.OLD
                ? "\"preferredTime\" ~ '^((0?9|1[01]):|(오전|AM)|1?\\d(:\\d\\d)?am$|morning$)'"
                : "period = 'MORNING'";
        long[] nanos = new long[DAYS];
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT id, patient_name FROM reservations"
                        + " WHERE \"preferredDate\" = ? AND status = 'CONFIRMED' AND " + morning)) {
            for (int day = -DAYS; day < DAYS; day++) { // the first round warms up
                query.setObject(
                        1, LocalDate.ofInstant(Hospital.START, ZoneOffset.UTC).minusDays(Math.floorMod(day, DAYS)));
                long started = System.nanoTime();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        rows.getLong(1);
                    }
                }
                nanos[Math.floorMod(day, DAYS)] = System.nanoTime() - started;
            }
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[DAYS / 2]);
    }
}
