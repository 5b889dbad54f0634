package dev.turnout.flags.rollout;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * When a rollout may take a step by itself: days of the week and hours of these days, such as
 * {@code Mon-Fri 09:00-16:00 Europe/Berlin}. A way back needs no window.
 *
 * @param days on which it opens; not empty
 * @param from included
 * @param to excluded; not after {@code from}: the window lasts past midnight, into the next day
 */
public record ChangeWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
    public static final String LIKE = "Mon-Fri 09:00-16:00 Europe/Berlin";

    private static final String DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final Pattern FORM = Pattern.compile(
            "(?:" + DAY + "(?:-" + DAY + ")?\\s+)?(\\d{1,2}:\\d{2})\\s*-\\s*(\\d{1,2}:\\d{2})(?:\\s+(\\S+))?");

    public ChangeWindow {
        days = Set.copyOf(days);
        if (days.isEmpty() || from.equals(to)) {
            throw new IllegalArgumentException("a change window has days and a length");
        }
    }

    /** Without days: every day; without a zone: UTC. Empty: it is none. */
    public static Optional<ChangeWindow> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ChangeWindow(
                    days(Optional.ofNullable(form.group(1)), Optional.ofNullable(form.group(2))),
                    time(form.group(3)),
                    time(form.group(4)),
                    ZoneId.of(Optional.ofNullable(form.group(5)).orElse("UTC"))));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Set<DayOfWeek> days(Optional<String> first, Optional<String> last) {
        if (first.isEmpty()) {
            return EnumSet.allOf(DayOfWeek.class);
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        DayOfWeek end = day(last.orElse(first.get()));
        for (DayOfWeek day = day(first.get()); ; day = day.plus(1)) {
            days.add(day);
            if (day == end) {
                return days;
            }
        }
    }

    private static DayOfWeek day(String name) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (shortName(day).equals(name)) {
                return day;
            }
        }
        throw new IllegalArgumentException("no day: " + name);
    }

    private static String shortName(DayOfWeek day) {
        return day.name().charAt(0) + day.name().substring(1, 3).toLowerCase(Locale.ROOT);
    }

    private static LocalTime time(String text) {
        return LocalTime.parse(text.length() == 4 ? "0" + text : text);
    }

    public boolean contains(Instant now) {
        ZonedDateTime there = now.atZone(zone);
        LocalTime time = there.toLocalTime();
        DayOfWeek today = there.getDayOfWeek();
        if (from.isBefore(to)) {
            return days.contains(today) && !time.isBefore(from) && time.isBefore(to);
        }
        return (days.contains(today) && !time.isBefore(from)) || (days.contains(today.minus(1)) && time.isBefore(to));
    }

    /** As {@link #parse} reads it, where the days follow each other; else each of them. */
    @Override
    public String toString() {
        String hours = from + "-" + to + " " + (zone.getId().equals("Z") ? "UTC" : zone.getId());
        if (days.size() == DayOfWeek.values().length) {
            return hours;
        }
        for (DayOfWeek first : DayOfWeek.values()) {
            DayOfWeek last = first.plus(days.size() - 1L);
            if (days.equals(days(Optional.of(shortName(first)), Optional.of(shortName(last))))) {
                String range = first == last ? shortName(first) : shortName(first) + "-" + shortName(last);
                return range + " " + hours;
            }
        }
        return days.stream().sorted().map(ChangeWindow::shortName).collect(Collectors.joining(",")) + " " + hours;
    }
}
