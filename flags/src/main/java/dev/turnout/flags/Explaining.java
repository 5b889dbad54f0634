package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Writes down how one evaluation goes. For one thread and one evaluation. */
final class Explaining implements Trail {
    private final List<String> steps = new ArrayList<>();

    Explanation explanation(Flag flag, Evaluation evaluation) {
        String told = evaluation
                .variant()
                .map(variant -> "answers '" + variant.name() + "'")
                .orElse("has no answer");
        String stage = evaluation.stage().map(it -> ", at stage " + it).orElse("");
        String error = evaluation.error().map(it -> ", with the error " + it).orElse("");
        steps.add("so the flag " + flag.key() + " at version " + flag.version() + " " + told + stage + error);
        return new Explanation(evaluation, steps);
    }

    @Override
    public void disabled(Flag flag) {
        steps.add(flag.rolledBack()
                .map(because -> "rolled back until an operator acknowledges: " + because)
                .orElse("the flag is " + flag.state()));
    }

    @Override
    public void closed(Schedule schedule) {
        String opens = schedule.opens().map(at -> " from " + at).orElse("");
        String closes = schedule.closes().map(at -> " until " + at).orElse("");
        steps.add("the schedule is open" + opens + closes + ", not now");
    }

    @Override
    public void prerequisite(Prerequisite prerequisite, Optional<Evaluation> answer) {
        String wanted = prerequisite.variants().stream().sorted().collect(Collectors.joining(" or "));
        String got = answer.map(Explaining::answered).orElse("which is not there, or waits for this flag");
        steps.add("needs '" + wanted + "' of the flag " + prerequisite.flag() + ", " + got);
    }

    private static String answered(Evaluation answer) {
        String variant = answer.variant().map(Variant::name).orElse("nothing");
        return "which answers '" + variant + "'"
                + answer.error().map(error -> " with the error " + error).orElse("");
    }

    @Override
    public void rule(int position, Rule rule, OptionalInt missed) {
        String because = missed.isPresent()
                ? "does not hold: " + told(rule.when().get(missed.getAsInt()))
                : rule.when().isEmpty()
                        ? "holds for all"
                        : "holds: " + rule.when().stream().map(Explaining::told).collect(Collectors.joining(" and "));
        steps.add(name(position, rule) + " " + because);
    }

    @Override
    public void failed(int position, Rule rule, RuntimeException failure) {
        steps.add(name(position, rule) + " cannot be decided: " + failure.getMessage());
    }

    @Override
    public void served(Serve serve, OptionalInt bucket) {
        String shares = serve.portions().stream()
                .map(portion -> portion.weight() + " '" + portion.variant() + "'")
                .collect(Collectors.joining(", then "));
        steps.add(
                bucket.isPresent()
                        ? "bucket " + bucket.getAsInt() + " of 100000, shared as " + shares
                        : "no bucketing key; shared as " + shares);
    }

    private static String name(int position, Rule rule) {
        return "rule " + (position + 1) + (rule.name().isEmpty() ? "" : " '" + rule.name() + "'");
    }

    private static String told(Clause clause) {
        return clause.strategy()
                + clause.parameters().entrySet().stream()
                        .sorted(java.util.Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
