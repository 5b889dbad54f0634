package dev.turnout.server.demo;

import java.time.LocalDate;
import java.util.Optional;

/**
 * What a patient was promised, whichever side it is written on.
 *
 * @param patient for example {@code P0000042}
 * @param service code of the service
 * @param time as the old side shows it
 * @param state one of the hospital's, for example {@code CONFIRMED}
 */
record Booking(String patient, LocalDate date, String service, String time, String state) {
    static final String PENDING = "PENDING";
    static final String CONFIRMED = "CONFIRMED";
    static final String CANCELLED = "CANCELLED";

    /** As the new side shows it. */
    Optional<Period> period() {
        return Period.of(time);
    }

    boolean cancelled() {
        return state.equals(CANCELLED);
    }

    Booking inState(String next) {
        return new Booking(patient, date, service, time, next);
    }

    Booking movedTo(LocalDate nextDate, String nextService, String nextTime) {
        return new Booking(patient, nextDate, nextService, nextTime, state);
    }
}
