package dev.turnout.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlagTest {
    @Test
    void everyProblemIsToldAtOnce() {
        assertThatThrownBy(() -> new Flag(
                        "no spaces, please",
                        new Variants(Map.of("a", 1, "b", "text", "c", Double.NaN), "a", "z"),
                        Flag.State.ON,
                        new Split(Weight.NONE, "s".repeat(101), Optional.of(" ")),
                        Targeting.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        new About("o".repeat(201), ""),
                        -1))
                .asInstanceOf(throwable(FlagProblems.class))
                .extracting(FlagProblems::problems, LIST)
                .map(Object::toString)
                .hasSize(7)
                .anyMatch(problem -> problem.contains("no spaces, please"))
                .anyMatch(problem -> problem.contains("variant 'z' has no value"))
                .anyMatch(problem -> problem.contains("NaN"))
                .anyMatch(problem -> problem.contains("seed"))
                .anyMatch(problem -> problem.contains("bucketBy"))
                .anyMatch(problem -> problem.contains("owner"))
                .anyMatch(problem -> problem.contains("version"));
    }

    @Test
    void variantsAreOfOneKind() {
        assertThatThrownBy(() -> Flag.create("f").withVariants(new Variants(Map.of("a", 1, "b", "one"), "a", "b")))
                .hasMessageContaining("of one kind");
    }

    @Test
    void aFractionalFlagAnswersWithFractionsOnly() {
        Variants mixed = new Variants(Map.of("few", 1, "many", new BigDecimal("2.50")), "few", "many");
        assertThat(mixed.values()).containsEntry("few", 1.0).containsEntry("many", 2.5);
        Variants whole = new Variants(Map.of("few", 1, "many", 2L), "few", "many");
        assertThat(whole.values()).containsEntry("few", 1).containsEntry("many", 2L);
    }

    @Test
    void valuesAreCopiedDeeplyAndCannotBeChanged() {
        List<Object> inner = new ArrayList<>(List.of("a"));
        Map<String, Object> values = Map.of("old", List.of(), "new", List.of(Map.of("list", inner)));
        Flag flag = Flag.create("f").withVariants(new Variants(values, "old", "new"));
        inner.add("b");
        assertThat(flag.variants().values()).containsEntry("new", List.of(Map.of("list", List.of("a"))));
        assertThatThrownBy(() -> flag.variants().values().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
