package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Clause;
import dev.turnout.flags.Prerequisite;
import dev.turnout.flags.Rule;
import dev.turnout.flags.Schedule;
import dev.turnout.flags.Serve;
import dev.turnout.flags.Serve.Portion;
import dev.turnout.flags.Strategies;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.TextList;
import dev.turnout.flags.togglz.TurnoutAttribute;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A flag's {@code schedule}, {@code prerequisites} and {@code rules} as people and programs read and write them. A clause
 * is one flat object: its {@code strategy}, which is {@code turnout-attribute} unless said, and the strategy's parameters.
 */
final class TargetingDocument {
    private static final String STRATEGY = "strategy";

    private TargetingDocument() {}

    /** Only what there is. */
    static Map<String, Object> write(Targeting targeting) {
        Map<String, Object> document = new LinkedHashMap<>();
        if (!targeting.schedule().always()) {
            document.put("schedule", targeting.schedule());
        }
        if (!targeting.prerequisites().isEmpty()) {
            document.put("prerequisites", targeting.prerequisites());
        }
        if (!targeting.rules().isEmpty()) {
            document.put(
                    "rules",
                    targeting.rules().stream().map(TargetingDocument::write).toList());
        }
        return document;
    }

    private static Map<String, Object> write(Rule rule) {
        Map<String, Object> document = new LinkedHashMap<>();
        if (!rule.name().isEmpty()) {
            document.put("name", rule.name());
        }
        document.put("when", rule.when().stream().map(TargetingDocument::write).toList());
        List<Portion> portions = rule.serve().portions();
        if (portions.size() == 1) {
            document.put("serve", portions.get(0).variant());
        } else {
            document.put(
                    "serve",
                    portions.stream()
                            .map(portion -> Map.of(
                                    "variant",
                                    portion.variant(),
                                    "weight",
                                    portion.weight().toString()))
                            .toList());
        }
        return document;
    }

    private static Map<String, Object> write(Clause clause) {
        Map<String, Object> document = new LinkedHashMap<>();
        if (!clause.strategy().equals(TurnoutAttribute.ID)) {
            document.put(STRATEGY, clause.strategy());
        }
        new TreeMap<>(clause.parameters()).forEach((name, value) -> {
            document.put(name, isValues(clause.strategy(), name) ? TextList.read(value) : value);
        });
        return document;
    }

    private static boolean isValues(String strategy, String parameter) {
        return strategy.equals(TurnoutAttribute.ID) && parameter.equals(TurnoutAttribute.VALUES);
    }

    /** What is wrong becomes a problem of the fields. */
    static Targeting read(JsonNode document, Fields fields) {
        Schedule schedule = document.hasNonNull("schedule") ? schedule(fields.object("schedule")) : Schedule.ALWAYS;
        List<Prerequisite> prerequisites = new ArrayList<>();
        fields.objects("prerequisites").forEach(each -> prerequisites.add(prerequisite(each)));
        List<Rule> rules = new ArrayList<>();
        fields.objects("rules").forEach(each -> rules.add(rule(each)));
        return new Targeting(schedule, prerequisites, rules);
    }

    private static Schedule schedule(Fields fields) {
        fields.only(Set.of("opens", "closes"));
        return new Schedule(instant(fields, "opens"), instant(fields, "closes"));
    }

    private static Optional<Instant> instant(Fields fields, String name) {
        try {
            return fields.optionalText(name)
                    .map(text -> OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            fields.problem(name, "must be an instant such as 2026-01-31T09:00:00+09:00");
            return Optional.empty();
        }
    }

    private static Prerequisite prerequisite(Fields fields) {
        fields.only(Set.of("flag", "variants"));
        return new Prerequisite(fields.text("flag"), new TreeSet<>(fields.list("variants")));
    }

    private static Rule rule(Fields fields) {
        fields.only(new TreeSet<>(Set.of("name", "when", "serve")));
        List<Clause> clauses = new ArrayList<>();
        fields.objects("when").forEach(each -> clauses.add(clause(each)));
        return new Rule(fields.optionalText("name").orElse(""), clauses, serve(fields));
    }

    private static Clause clause(Fields fields) {
        String strategy = fields.optionalText(STRATEGY).orElse(TurnoutAttribute.ID);
        Map<String, String> parameters = new TreeMap<>();
        for (String name : fields.names()) {
            if (!name.equals(STRATEGY)) {
                boolean several = fields.isList(name) || isValues(strategy, name);
                parameters.put(name, several ? TextList.write(fields.list(name)) : fields.scalar(name));
            }
        }
        Clause clause = new Clause(strategy, parameters);
        if (!installed(clause)) {
            fields.problem(STRATEGY, "'" + strategy + "' is not installed on this server");
        }
        return clause;
    }

    /** What is wrong with its parameters is told by the flag. */
    private static boolean installed(Clause clause) {
        try {
            return Strategies.installed().condition("", clause).isPresent();
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** The order of the shares matters, so they are a list: an object's members have none. */
    private static Serve serve(Fields fields) {
        if (!fields.isList("serve")) {
            return Serve.always(fields.text("serve"));
        }
        List<Portion> portions = new ArrayList<>();
        for (Fields share : fields.objects("serve")) {
            share.only(Set.of("variant", "weight"));
            portions.add(new Portion(share.text("variant"), share.weight("weight")));
        }
        return new Serve(portions);
    }
}
