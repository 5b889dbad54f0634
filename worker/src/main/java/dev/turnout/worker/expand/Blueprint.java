package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.expand.SchemaObject.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each {@code make} step gives, as the catalogue says it: derived by running the steps in a {@link Scratch}. Immutable.
 *
 * @param wanted by step, its objects with their definitions
 * @param allowed what stands once every step has run: a table of ours may hold these and no others
 */
record Blueprint(Map<ExpandStep.Make, Inventory> wanted, Set<SchemaObject> allowed) {
    Blueprint {
        wanted = Map.copyOf(wanted);
        allowed = Set.copyOf(allowed);
    }

    /** The caller's transaction must be rolled back; meanwhile nothing but ACCESS SHARE is held on a live table. */
    static Blueprint derive(Connection connection, List<ExpandStep> expand) throws SQLException {
        Scratch scratch = Scratch.open(connection, expand, List.of());
        Map<ExpandStep.Make, Inventory> wanted = new HashMap<>();
        Inventory before = Inventory.ofSchema(connection, scratch.schema());
        for (ExpandStep step : scratch.steps()) {
            Expand.tryOut(connection, step);
            Inventory after = Inventory.ofSchema(connection, scratch.schema());
            if (step instanceof ExpandStep.Make make) {
                wanted.put(make, after.without(before));
            }
            before = after;
        }
        scratch.leave();
        return new Blueprint(wanted, before.definitions().keySet());
    }

    /** How what a step makes stands in the live schema. */
    sealed interface Verdict {
        record Missing() implements Verdict {}

        record InPlace() implements Verdict {}

        /** The one index of the step is there as wanted, and invalid. */
        record Invalid(SchemaObject index) implements Verdict {}

        /** @param differences each with what should be and what is */
        record Differs(List<String> differences) implements Verdict {}
    }

    /** What the search path finds under the names of every object. */
    Inventory live(Connection connection) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        for (Inventory objects : wanted.values()) {
            for (SchemaObject object : objects.definitions().keySet()) {
                names.add(object.of().isEmpty() ? object.name() : object.of());
            }
        }
        return Inventory.ofNames(connection, names);
    }

    /** Those that a rollback has to think of: a column of a table that goes goes with it. */
    List<SchemaObject> made(ExpandStep.Make step) {
        Set<SchemaObject> objects = of(step).definitions().keySet();
        return objects.stream()
                .filter(object -> object.kind() != Kind.VALIDITY
                        && objects.stream()
                                .noneMatch(owner -> (owner.kind() == Kind.TABLE || owner.kind() == Kind.TYPE)
                                        && owner.name().equals(object.of())))
                .filter(object -> object.kind() != Kind.INDEX || objects.size() == 1)
                .toList();
    }

    Inventory of(ExpandStep.Make step) {
        Inventory objects = wanted.get(step);
        if (objects == null) {
            throw new IllegalArgumentException("not a step of this blueprint: " + step.title());
        }
        return objects;
    }

    Verdict judge(ExpandStep.Make step, Inventory live) {
        List<String> missing = new ArrayList<>();
        List<String> different = new ArrayList<>();
        List<SchemaObject> invalid = new ArrayList<>();
        Map<SchemaObject, String> objects = of(step).definitions();
        objects.forEach((object, definition) -> {
            String found = found(object, live);
            if (found.isEmpty()) {
                missing.add(difference(object, definition, "missing"));
            } else if (live.invalid(object, definition)) {
                invalid.add(object);
            } else if (!found.equals(definition)) {
                different.add(difference(object, definition, "'" + found + "'"));
            } else {
                different.addAll(inside(object, of(step), live));
            }
        });
        if (different.isEmpty() && missing.size() == objects.size()) {
            return new Verdict.Missing();
        }
        if (different.isEmpty() && missing.isEmpty() && invalid.isEmpty()) {
            return new Verdict.InPlace();
        }
        if (objects.size() == 1 && invalid.size() == 1) {
            return new Verdict.Invalid(invalid.get(0));
        }
        different.addAll(missing);
        invalid.forEach(index -> different.add(index.words() + " is invalid"));
        return new Verdict.Differs(different);
    }

    /** Empty: nothing has the name. Tables, views, sequences and indexes share theirs. */
    private static String found(SchemaObject object, Inventory live) {
        String otherwise = object.kind() == Kind.INDEX
                ? live.of(new SchemaObject(Kind.TABLE, "", object.name())).orElse("")
                : "";
        return live.of(object).orElse(otherwise);
    }

    /** What a table or type holds that it should not, or in another order. */
    private List<String> inside(SchemaObject owner, Inventory wanted, Inventory live) {
        List<String> different = new ArrayList<>();
        if (owner.kind() == Kind.TABLE || owner.kind() == Kind.TYPE) {
            live.definitions().forEach((object, definition) -> {
                if (object.of().equals(owner.name()) && object.kind() != Kind.VALIDITY && !allowed.contains(object)) {
                    different.add(object.words() + " should not be there; it is '" + definition + "'");
                }
            });
        }
        List<String> order = wanted.values(owner.name());
        List<String> found = new ArrayList<>(live.values(owner.name()));
        found.retainAll(order);
        if (owner.kind() == Kind.TYPE && found.size() == order.size() && !found.equals(order)) {
            different.add(
                    "the values of type " + owner.name() + " should be in the order " + order + "; it is " + found);
        }
        return different;
    }

    private static String difference(SchemaObject object, String wanted, String found) {
        return object.words() + " should be '" + wanted + "'; it is " + found;
    }
}
