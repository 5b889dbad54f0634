package dev.turnout.server.control;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Chore;
import dev.turnout.migration.Contract;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Place;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.testkit.TestMonitor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small specs for tests of the control state, which looks no deeper into them. */
public final class Specs {
    public static final Bundle BUNDLE = new Bundle("m.yaml", Map.of("m.yaml", "migration: m", "a.sql", "SELECT 1"));

    private Specs() {}

    public static Spec spec(String name, String flagKey) {
        return spec(name, flagKey, List.of(monitor("parity"), monitor("errors")));
    }

    public static Spec spec(String name, String flagKey, List<Monitor> monitors) {
        return new Spec(
                name,
                new Place("clinic"),
                Optional.empty(),
                new Spec.FlagBinding(flagKey, Optional.of("patientId")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Duration.ofHours(24),
                new Plan(
                        List.of(
                                new Step(Weight.parse("5%"), Duration.ofHours(24), false),
                                new Step(Weight.ALL, Duration.ofDays(7), true)),
                        20),
                monitors,
                List.of(
                        new Chore("upkeep", Duration.ofMinutes(15), Duration.ofSeconds(5), "DELETE FROM old", 10),
                        new Chore("a look", Duration.ofHours(1), Duration.ofSeconds(5), "SELECT 1 AS one", 0)),
                new Contract(Duration.ofDays(14), true, true, true, List.of()),
                List.of(),
                Tuning.NONE,
                "cafe");
    }

    private static Monitor monitor(String name) {
        return TestMonitor.sql(name, "SELECT 1 AS total", "total <> 1").monitor();
    }
}
