package dev.turnout.flags;

import dev.turnout.flags.Evaluation.Answer;
import dev.turnout.flags.Serve.Portion;
import dev.turnout.flags.stage.Side;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A flag with everything worked out that does not depend on the subject. Immutable once {@link #link} has told it where
 * its prerequisites are, which is before anybody else sees it.
 */
final class CompiledFlag {
    private final Flag flag;
    private final Evaluation disabled;
    private final Evaluation unmet;
    private final Evaluation failed;
    private final List<CompiledRule> rules = new ArrayList<>();
    private final CompiledServe split;
    private List<Required> required = List.of();
    private int forms;

    private record Required(Prerequisite prerequisite, Optional<CompiledFlag> flag) {}

    CompiledFlag(Flag flag, Strategies strategies) {
        this.flag = flag;
        Answer old = side(false, Reason.DISABLED);
        this.disabled = Evaluation.of(old);
        this.unmet = Evaluation.of(side(false, Reason.TARGETING_MATCH));
        this.failed = Evaluation.of(old.failing(ErrorCode.GENERAL, forms++));
        for (Rule rule : flag.targeting().rules()) {
            rules.add(CompiledRule.of(flag.key(), rules.size(), rule, serve(rule.serve()), strategies));
        }
        this.split = split();
    }

    Flag flag() {
        return flag;
    }

    /** @param usable which prerequisites may be asked: not one that waits for this flag itself */
    void link(Map<String, CompiledFlag> all, Predicate<String> usable) {
        required = flag.targeting().prerequisites().stream()
                .map(each -> new Required(
                        each, Optional.ofNullable(all.get(each.flag())).filter(it -> usable.test(each.flag()))))
                .toList();
    }

    Evaluation evaluate(Subject subject, InstantSource time, Trail trail) {
        if (!flag.live()) {
            trail.disabled(flag);
            return disabled;
        }
        Schedule schedule = flag.targeting().schedule();
        if (!schedule.always() && !schedule.openAt(time.instant())) {
            trail.closed(schedule);
            return disabled;
        }
        for (Required each : required) {
            Optional<Evaluation> answer = each.flag().map(it -> it.evaluate(subject, time, Trail.SILENT));
            trail.prerequisite(each.prerequisite(), answer);
            if (answer.isEmpty() || answer.get().error().isPresent()) {
                return failed;
            }
            if (answer.get()
                    .variant()
                    .map(Variant::name)
                    .filter(each.prerequisite().variants()::contains)
                    .isEmpty()) {
                return unmet;
            }
        }
        for (int i = 0; i < rules.size(); i++) {
            CompiledRule rule = rules.get(i);
            try {
                if (rule.holds(subject, time, trail)) {
                    return rule.serve().answer(subject, trail);
                }
            } catch (RuntimeException e) {
                // A strategy that cannot decide is not a rule that does not match.
                trail.failed(i, rule.rule(), e);
                return failed;
            }
        }
        return split.answer(subject, trail);
    }

    /** How many different {@link Evaluation#form forms} there are. */
    int forms() {
        return forms;
    }

    /** Whether each condition on the time holds now; empty when an answer may depend on what nobody knows. */
    Optional<String> moment(InstantSource time) {
        StringBuilder moment = new StringBuilder();
        Schedule schedule = flag.targeting().schedule();
        if (!schedule.always()) {
            moment.append(schedule.openAt(time.instant()) ? '1' : '0');
        }
        for (CompiledRule rule : rules) {
            for (Condition condition : rule.conditions()) {
                switch (condition.dependence()) {
                    case SUBJECT -> {}
                    case TIME -> moment.append(condition.holds(Subject.ANONYMOUS, time) ? '1' : '0');
                    case UNKNOWN -> {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(moment.toString());
    }

    private CompiledServe split() {
        Weight weight = flag.weight();
        boolean certain = weight.equals(Weight.NONE) || weight.equals(Weight.ALL);
        boolean asked = !flag.targeting().rules().isEmpty()
                || !flag.targeting().prerequisites().isEmpty();
        Reason fixed = asked ? Reason.DEFAULT : Reason.STATIC;
        Reason reason = certain ? fixed : Reason.SPLIT;
        Serve serve = new Serve(List.of(
                new Portion(flag.variants().newVariant(), weight),
                new Portion(flag.variants().oldVariant(), new Weight(Weight.WHOLE - weight.hundredThousandths()))));
        return new CompiledServe(flag, serve, List.of(side(true, reason), side(false, reason)), this::failing);
    }

    private CompiledServe serve(Serve serve) {
        Reason reason = serve.fixed() ? Reason.TARGETING_MATCH : Reason.SPLIT;
        List<Answer> answers = serve.portions().stream()
                .map(portion -> variant(portion.variant(), reason))
                .toList();
        return new CompiledServe(flag, serve, answers, this::failing);
    }

    private Answer failing(ErrorCode code) {
        return side(false, Reason.ERROR).failing(code, forms++);
    }

    /** With stages, a rule that serves a side puts the unit inside the split or outside of it. */
    private Answer variant(String name, Reason reason) {
        boolean isNew = name.equals(flag.variants().newVariant());
        if (isNew || name.equals(flag.variants().oldVariant())) {
            return side(isNew, reason);
        }
        return new Answer(
                flag.key(),
                Optional.of(flag.variants().variant(name)),
                Side.NEW, // whatever is not as it was
                reason,
                Optional.empty(),
                Optional.empty(),
                flag.version(),
                forms++);
    }

    private Answer side(boolean inside, Reason reason) {
        Side side = flag.sideOf(inside);
        Variants variants = flag.variants();
        return new Answer(
                flag.key(),
                Optional.of(side == Side.NEW ? variants.newSide() : variants.oldSide()),
                side,
                reason,
                Optional.empty(),
                flag.stageOf(inside),
                flag.version(),
                forms++);
    }
}
