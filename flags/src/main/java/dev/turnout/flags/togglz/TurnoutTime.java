package dev.turnout.flags.togglz;

import dev.turnout.flags.Condition;
import dev.turnout.flags.TextList;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;

/**
 * Holds within a window of time: between two instants, on days of the week, within hours of the day; all that is given
 * must hold. Hours may pass midnight ({@code 22:00-06:00}); then the days are those on which they begin. Found by
 * ServiceLoader. Thread-safe.
 */
public final class TurnoutTime extends TurnoutStrategy {
    public static final String ID = "turnout-time";

    static final String FROM = "from";
    static final String UNTIL = "until";
    static final String DAYS = "days";
    static final String HOURS = "hours";
    static final String ZONE = "zone";

    /** Made by ServiceLoader. */
    public TurnoutTime() {
        super(ID, "Turnout: window of time");
    }

    @Override
    public Parameter[] getParameters() {
        return new Parameter[] {
            ParameterBuilder.create(FROM)
                    .label("From")
                    .description("an instant such as 2026-01-31T09:00:00+09:00, included")
                    .optional(),
            ParameterBuilder.create(UNTIL)
                    .label("Until")
                    .description("an instant, excluded")
                    .optional(),
            ParameterBuilder.create(DAYS)
                    .label("Days")
                    .description("days of the week, such as MONDAY,TUESDAY")
                    .optional(),
            ParameterBuilder.create(HOURS)
                    .label("Hours")
                    .description("such as 09:00-18:00, the end excluded")
                    .optional(),
            ParameterBuilder.create(ZONE)
                    .label("Time zone")
                    .description("of days and hours, such as Asia/Seoul; empty: UTC")
                    .optional()
        };
    }

    @Override
    Condition condition(String flag, Map<String, String> parameters) {
        if (parameters.keySet().stream().noneMatch(Set.of(FROM, UNTIL, DAYS, HOURS)::contains)) {
            throw new IllegalArgumentException("give at least one of from, until, days, hours");
        }
        Optional<Instant> from = instant(parameters, FROM);
        Optional<Instant> until = instant(parameters, UNTIL);
        Week week = new Week(
                read(parameters, ZONE, "a time zone such as Asia/Seoul", ZoneId::of)
                        .orElse(ZoneOffset.UTC),
                days(parameters),
                read(parameters, HOURS, "hours such as 09:00-18:00", Hours::parse));
        return Condition.ofTime(now -> from.filter(now::isBefore).isEmpty()
                && until.filter(end -> !now.isBefore(end)).isEmpty()
                && week.holds(now));
    }

    @Override
    Set<String> attributes(Map<String, String> parameters) {
        return Set.of();
    }

    private record Hours(LocalTime from, LocalTime to) {
        static Hours parse(String text) {
            List<String> ends = Arrays.asList(text.split("-", -1));
            if (ends.size() != 2) {
                throw new DateTimeException("not two times");
            }
            return new Hours(
                    LocalTime.parse(ends.get(0).strip()),
                    LocalTime.parse(ends.get(1).strip()));
        }
    }

    private record Week(ZoneId zone, Set<DayOfWeek> days, Optional<Hours> hours) {
        boolean holds(Instant now) {
            ZonedDateTime there = now.atZone(zone);
            if (hours.isEmpty()) {
                return days.contains(there.getDayOfWeek());
            }
            LocalTime time = there.toLocalTime();
            boolean begun = !time.isBefore(hours.get().from());
            boolean over = !time.isBefore(hours.get().to());
            boolean pastMidnight = !hours.get().from().isBefore(hours.get().to());
            DayOfWeek begins = pastMidnight && !begun ? there.getDayOfWeek().minus(1) : there.getDayOfWeek();
            boolean within = pastMidnight ? begun || !over : begun && !over;
            return within && days.contains(begins);
        }
    }

    private static Set<DayOfWeek> days(Map<String, String> parameters) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String day : TextList.read(parameters.getOrDefault(DAYS, ""))) {
            try {
                days.add(DayOfWeek.valueOf(day.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + day + "' is no day of the week such as MONDAY", e);
            }
        }
        return days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days;
    }

    private static Optional<Instant> instant(Map<String, String> parameters, String name) {
        return read(parameters, name, "an instant such as 2026-01-31T09:00:00Z", text -> OffsetDateTime.parse(text)
                .toInstant());
    }

    private static <T> Optional<T> read(
            Map<String, String> parameters, String name, String kind, Function<String, T> how) {
        try {
            return Optional.ofNullable(parameters.get(name)).map(String::strip).map(how);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "the parameter '" + name + "' is " + kind + ", not '" + parameters.get(name) + "'", e);
        }
    }
}
