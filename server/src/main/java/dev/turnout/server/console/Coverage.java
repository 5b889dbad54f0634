package dev.turnout.server.console;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How long ago the rows of a table were verified, as a map along its keys. Pure.
 *
 * @param table or transfer
 * @param cells in the order of the keys
 * @param summary what the map shows, in words
 */
record Coverage(String table, List<Cell> cells, String summary) {
    /** Of the age at which the rollout waits; a full pass is paced to take half of it. */
    enum Step {
        FRESH(4, "fresh"),
        PACED(2, "paced"),
        LATE(1, "late"),
        OVERDUE(0, "overdue"),
        NEVER(0, "never");

        private final int part;
        private final String kind;

        Step(int part, String kind) {
            this.part = part;
            this.kind = kind;
        }

        /** Its class in the style sheet. */
        String kind() {
            return kind;
        }

        String means(Duration maxAge) {
            return switch (this) {
                case FRESH, PACED, LATE -> "up to " + Times.span(maxAge.dividedBy(part));
                case OVERDUE -> "older: the rollout waits";
                case NEVER -> "never verified";
            };
        }

        private static Step of(Optional<Instant> at, Duration maxAge, Instant now) {
            return at.map(then -> Duration.between(then, now))
                    .map(age -> Arrays.stream(values())
                            .filter(step -> step.part > 0 && age.compareTo(maxAge.dividedBy(step.part)) <= 0)
                            .findFirst()
                            .orElse(OVERDUE))
                    .orElse(NEVER);
        }
    }

    /** @param says its place and its age */
    record Cell(Step step, String says) {}

    /** A map for each table that has one; none where nobody says which age is allowed. */
    static List<Coverage> of(Doc run, Times times) {
        return maxAge(run)
                .map(maxAge -> run.at("coverage").members().entrySet().stream()
                        .map(table -> of(table.getKey(), table.getValue().list(), maxAge, times))
                        .toList())
                .orElse(List.of());
    }

    static Optional<Duration> maxAge(Doc run) {
        return run.at("rollout").duration("verifyMaxAge").filter(age -> !age.isZero());
    }

    private static Coverage of(String table, List<Doc> moments, Duration maxAge, Times times) {
        List<Instant> known = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (Doc each : moments) {
            Optional<Instant> at = moment(each);
            at.ifPresent(known::add);
            cells.add(new Cell(
                    Step.of(at, maxAge, times.now()),
                    "Range " + (cells.size() + 1) + " of " + moments.size() + ": "
                            + at.map(then -> "verified " + times.relative(then)).orElse("never verified")));
        }
        return new Coverage(table, List.copyOf(cells), summary(known, moments.size(), times));
    }

    private static String summary(List<Instant> known, int all, Times times) {
        String never = (all - known.size()) + " of " + all + " ranges never verified";
        if (known.isEmpty()) {
            return never;
        }
        return "oldest " + times.relative(Collections.min(known)) + ", newest " + times.relative(Collections.max(known))
                + ", " + never;
    }

    /** What cannot be read counts as never. */
    private static Optional<Instant> moment(Doc cell) {
        try {
            return cell.isEmpty() || cell.node().isNull() ? Optional.empty() : Optional.of(Instant.parse(cell.text()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
