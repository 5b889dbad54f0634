package dev.turnout.flags;

import dev.turnout.flags.Serve.Portion;
import dev.turnout.flags.stage.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Flags and subjects of every kind, the same for the same seed; for tests that compare two ways to an answer. */
public final class RandomFlags {
    private static final List<String> COUNTRIES = List.of("KR", "JP", "US", "DE", "FR");
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private RandomFlags() {}

    /** Of keys {@code flag-0}, {@code flag-1}, …; a flag may need those before it, and sometimes one that is not there. */
    public static FlagSet set(Random random, int size) {
        return FlagSet.of(
                1, IntStream.range(0, size).mapToObj(i -> flag(random, i)).toList());
    }

    /** Flags of which none needs what is not there: the server would not take it. */
    public static List<Flag> sound(Random random, int size) {
        Map<String, Flag> sound = new LinkedHashMap<>();
        while (sound.size() < size) {
            Flag flag = flag(random, sound.size()).withVersion(0);
            if (flag.targeting().prerequisites().stream().allMatch(each -> fits(each, sound.get(each.flag())))) {
                sound.put(flag.key(), flag);
            }
        }
        return List.copyOf(sound.values());
    }

    private static boolean fits(Prerequisite prerequisite, @Nullable Flag needed) {
        return needed != null && needed.variants().values().keySet().containsAll(prerequisite.variants());
    }

    public static Subject subject(Random random) {
        Map<String, Object> attributes = new HashMap<>();
        if (random.nextInt(4) > 0) {
            attributes.put("country", COUNTRIES.get(random.nextInt(COUNTRIES.size())));
        }
        if (random.nextInt(3) > 0) {
            attributes.put("age", random.nextInt(90));
        }
        if (random.nextInt(3) > 0) {
            attributes.put("version", random.nextInt(4) + "." + random.nextInt(10) + ".0");
        }
        if (random.nextInt(3) > 0) {
            attributes.put("companyId", random.nextBoolean() ? random.nextInt(50) : random.nextInt(50) + ".0");
        }
        return new Subject(random.nextInt(6) == 0 ? "" : "user-" + random.nextInt(100_000), attributes);
    }

    private static Flag flag(Random random, int number) {
        Variants variants = variants(random);
        List<String> names = List.copyOf(variants.values().keySet());
        boolean staged = random.nextInt(4) == 0;
        List<String> served = staged ? List.of(variants.oldVariant(), variants.newVariant()) : names;
        Flag flag = Flag.create("flag-" + number)
                .withVersion(number)
                .withVariants(variants)
                .withSplit(new Split(
                        new Weight(weight(random)),
                        random.nextInt(3) == 0 ? "cohort" : "",
                        random.nextInt(3) == 0 ? Optional.of("companyId") : Optional.empty()))
                .withTargeting(targeting(random, number, served, staged));
        if (staged) {
            flag = flag.withStage(List.of(Stage.values()).get(random.nextInt(Stage.values().length)));
        }
        if (random.nextInt(10) == 0) {
            flag = flag.withState(Flag.State.OFF);
        }
        return random.nextInt(10) == 0 ? flag.rolledBack("errors") : flag;
    }

    private static int weight(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> Weight.WHOLE;
            default -> random.nextInt(Weight.WHOLE);
        };
    }

    private static Variants variants(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Variants.ON_OFF;
            case 1 -> new Variants(Map.of("red", "#f00", "green", "#0f0", "blue", "#00f"), "red", "blue");
            case 2 -> new Variants(Map.of("few", 10, "many", 2.5), "few", "many");
            default -> new Variants(Map.of("a", Map.of("x", List.of(1)), "b", Map.of("x", List.of())), "a", "b");
        };
    }

    private static Targeting targeting(Random random, int number, List<String> served, boolean staged) {
        Schedule schedule = staged || random.nextInt(4) > 0
                ? Schedule.ALWAYS
                : new Schedule(Optional.of(NOON.plusSeconds(random.nextInt(200) - 100)), Optional.empty());
        List<Prerequisite> prerequisites = number == 0 || random.nextInt(4) > 0
                ? List.of()
                : List.of(new Prerequisite(
                        random.nextInt(9) == 0 ? "nowhere" : "flag-" + random.nextInt(number),
                        Set.of(List.of("on", "blue", "many", "b").get(random.nextInt(4)))));
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            rules.add(new Rule("", clauses(random), serve(random, served)));
        }
        return new Targeting(schedule, prerequisites, rules);
    }

    private static List<Clause> clauses(Random random) {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> clause(random))
                .toList();
    }

    private static Clause clause(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> attribute("country", "in", String.join(",", COUNTRIES.subList(0, 1 + random.nextInt(4))));
            case 1 -> attribute("age", random.nextBoolean() ? "<" : ">=", String.valueOf(random.nextInt(90)));
            case 2 -> attribute("version", "semver", ">=1." + random.nextInt(9) + ".0 <3.0.0");
            case 3 -> attribute("targetingKey", "ends with", String.valueOf(random.nextInt(10)));
            case 4 ->
                new Clause(
                        "turnout-time",
                        Map.of(
                                random.nextBoolean() ? "from" : "until",
                                NOON.plusSeconds(random.nextInt(9) - 4).toString()));
            default -> new Clause("turnout-split", Map.of("percentage", random.nextInt(100) + "%", "seed", "other"));
        };
    }

    private static Clause attribute(String name, String operator, String values) {
        return new Clause("turnout-attribute", Map.of("attribute", name, "operator", operator, "values", values));
    }

    private static Serve serve(Random random, List<String> variants) {
        if (random.nextBoolean()) {
            return Serve.always(variants.get(random.nextInt(variants.size())));
        }
        int first = random.nextInt(Weight.WHOLE);
        return new Serve(List.of(
                new Portion(variants.get(1), new Weight(first)),
                new Portion(variants.get(0), new Weight(Weight.WHOLE - first))));
    }
}
