package dev.turnout.server.console;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

        /** @param rollsOut there is a rollout that may wait */
        String means(Duration maxAge, boolean rollsOut) {
            return switch (this) {
                case FRESH, PACED, LATE -> "up to " + Times.span(maxAge.dividedBy(part));
                case OVERDUE -> rollsOut ? "older: the rollout waits" : "older";
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

    /** Where one of the sides goes, and with it what the other one could be compared with. */
    private static final Set<String> ONE_SIDE = Set.of("CONTRACTING", "ROLLING_BACK", "DONE", "ROLLED_BACK");

    private static final Set<String> ENDS = Set.of("CONTRACTING", "ROLLING_BACK");

    /** A map for each table that has one, as of now or of {@link #ended}; none where nobody says which age is allowed. */
    static List<Coverage> of(Doc run, Times times) {
        Optional<Instant> end = ended(run);
        Ages ages = new Ages(end.orElse(times.now()), end.isPresent());
        return maxAge(run)
                .map(maxAge -> run.at("coverage").members().entrySet().stream()
                        .map(table -> of(table.getKey(), table.getValue().list(), maxAge, ages))
                        .toList())
                .orElse(List.of());
    }

    /** When the verification ended for good, as the history has it; empty: it goes on, or has not begun. */
    static Optional<Instant> ended(Doc run) {
        String phase = run.has("pausedFrom") ? run.text("pausedFrom") : run.text("phase");
        if (!ONE_SIDE.contains(phase)) {
            return Optional.empty();
        }
        return run.list("history").stream()
                .filter(change -> ENDS.contains(change.text("to")))
                .reduce((earlier, later) -> later)
                .flatMap(change -> change.instant("at"));
    }

    /** @param ended that moment is past */
    private record Ages(Instant at, boolean ended) {
        String of(Instant then) {
            if (!ended) {
                return new Times(at).relative(then);
            }
            return Times.span(Duration.between(then, at)) + " before the end";
        }
    }

    static Optional<Duration> maxAge(Doc run) {
        return run.at("rollout").duration("verifyMaxAge").filter(age -> !age.isZero());
    }

    private static Coverage of(String table, List<Doc> moments, Duration maxAge, Ages ages) {
        List<Instant> known = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (Doc each : moments) {
            Optional<Instant> at = moment(each);
            at.ifPresent(known::add);
            cells.add(new Cell(
                    Step.of(at, maxAge, ages.at()),
                    "Range " + (cells.size() + 1) + " of " + moments.size() + ": "
                            + at.map(then -> "verified " + ages.of(then)).orElse("never verified")));
        }
        return new Coverage(table, List.copyOf(cells), summary(known, moments.size(), ages));
    }

    private static String summary(List<Instant> known, int all, Ages ages) {
        String never = (all - known.size()) + " of " + all + " ranges never verified";
        if (known.isEmpty()) {
            return never;
        }
        return "oldest " + ages.of(Collections.min(known)) + ", newest " + ages.of(Collections.max(known)) + ", "
                + never;
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
