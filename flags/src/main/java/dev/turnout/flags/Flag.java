package dev.turnout.flags;

import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is decided about a flag. Deeply immutable.
 *
 * @param key {@code [A-Za-z0-9._-]{1,100}}
 * @param split for the subjects that no rule answers
 * @param stage of a migration flag: units inside the split are at the next stage, the others at this one
 * @param rolledBack why everybody is on the old side until an operator acknowledges; empty in normal life
 * @param version of the flag set that last changed this flag; 0 before it was stored
 */
public record Flag(
        String key,
        Variants variants,
        State state,
        Split split,
        Targeting targeting,
        Optional<Stage> stage,
        Optional<String> rolledBack,
        About about,
        long version) {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** OFF and ARCHIVED answer like a rolled back flag: with the old side. */
    public enum State {
        ON,
        OFF,
        ARCHIVED
    }

    /** @throws FlagProblems with every problem at once */
    public Flag {
        List<String> problems = new ArrayList<>();
        if (!isKey(key)) {
            problems.add("a flag's key is made of 1 to 100 of A-Z a-z 0-9 . _ - and not '" + key + "'");
        }
        problems.addAll(variants.problems());
        problems.addAll(split.problems());
        problems.addAll(targeting.problems(key, variants.values().keySet()));
        stage.ifPresent(staged -> problems.addAll(problemsOfStages(targeting, variants)));
        problems.addAll(about.problems());
        if (version < 0) {
            problems.add("a version is not negative, this one is " + version);
        }
        if (!problems.isEmpty()) {
            throw new FlagProblems(problems);
        }
    }

    /** Units of a migration flag move between its two sides, one step at a time. */
    private static List<String> problemsOfStages(Targeting targeting, Variants variants) {
        List<String> problems = new ArrayList<>();
        if (!targeting.schedule().always()) {
            problems.add("a migration flag has no schedule: its rollout says when units move");
        }
        List<String> sides = List.of(variants.oldVariant(), variants.newVariant());
        targeting.rules().stream()
                .flatMap(rule -> rule.serve().portions().stream())
                .map(Serve.Portion::variant)
                .filter(variant -> variants.values().containsKey(variant) && !sides.contains(variant))
                .distinct()
                .forEach(variant -> problems.add("a rule of a migration flag serves the old or the new side, " + sides
                        + ", not '" + variant + "'"));
        return problems;
    }

    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /** A boolean flag that is on and keeps everybody on the old side. */
    public static Flag create(String key) {
        return new Flag(
                key,
                Variants.ON_OFF,
                State.ON,
                Split.NOBODY,
                Targeting.NONE,
                Optional.empty(),
                Optional.empty(),
                About.NOTHING,
                0);
    }

    public Weight weight() {
        return split.weight();
    }

    /** What the buckets of this flag are made with. */
    public String seed() {
        return split.seed().isEmpty() ? key : split.seed();
    }

    /** Whether the split decides: switched on and not rolled back. */
    public boolean live() {
        return state == State.ON && rolledBack.isEmpty();
    }

    /** The stage of units inside the split, or outside of it; empty for a flag without stages. */
    public Optional<Stage> stageOf(boolean inside) {
        if (!live()) {
            return stage.map(Stage::retreat);
        }
        return inside ? stage.map(now -> now.next().orElse(now)) : stage;
    }

    /** The side of units inside the split, or outside of it: the authority of their stage where there is one. */
    public Side sideOf(boolean inside) {
        return stageOf(inside).map(Stage::authority).orElse(inside && live() ? Side.NEW : Side.OLD);
    }

    /** The share of all units that is on the new side, whatever keeps it there. */
    public Weight newSide() {
        if (sideOf(false) == Side.NEW) {
            return Weight.ALL;
        }
        return sideOf(true) == Side.NEW ? weight() : Weight.NONE;
    }

    public Flag withWeight(Weight weight) {
        return withSplit(split.withWeight(weight));
    }

    public Flag withSplit(Split split) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }

    public Flag withTargeting(Targeting targeting) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }

    public Flag withVariants(Variants variants) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }

    public Flag withState(State state) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }

    public Flag withStage(Stage stage) {
        return new Flag(key, variants, state, split, targeting, Optional.of(stage), rolledBack, about, version);
    }

    /** Latches the flag on the old side. */
    public Flag rolledBack(String because) {
        return new Flag(key, variants, state, split, targeting, stage, Optional.of(because), about, version);
    }

    /** Lets the split decide again. */
    public Flag acknowledged() {
        return new Flag(key, variants, state, split, targeting, stage, Optional.empty(), about, version);
    }

    public Flag withAbout(About about) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }

    public Flag withVersion(long version) {
        return new Flag(key, variants, state, split, targeting, stage, rolledBack, about, version);
    }
}
