package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.RolloutStore;
import dev.turnout.server.rollout.RolloutOperator;
import dev.turnout.server.rollout.StepOperator;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** {@code /api/v1/rollouts}: where the rollout of a flag stands, and what operators do with it. */
final class RolloutsResource implements Resource {
    private final FlagStore flags;
    private final Listings listings;
    private final RolloutStore rollouts;
    private final RolloutOperator operator;
    private final StepOperator steps;

    RolloutsResource(
            FlagStore flags, Listings listings, RolloutStore rollouts, RolloutOperator operator, StepOperator steps) {
        this.steps = steps;
        this.listings = listings;
        this.flags = flags;
        this.rollouts = rollouts;
        this.operator = operator;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_ROLLOUTS,
                this::list,
                Endpoint.READ_ROLLOUT,
                call -> read(call.path("flag")),
                Endpoint.BEGIN_ROLLOUT,
                this::begin,
                Endpoint.END_ROLLOUT,
                call -> change(call, steps::end),
                Endpoint.SKIP_STEP,
                this::skip,
                Endpoint.APPROVE_STEP,
                call -> change(call, steps::approve),
                Endpoint.PAUSE_ROLLOUT,
                call -> change(call, operator::pause),
                Endpoint.RESUME_ROLLOUT,
                call -> change(call, operator::resume),
                Endpoint.ROLL_BACK_ROLLOUT,
                this::rollBack,
                Endpoint.KILL_FLAG,
                this::kill);
    }

    /** The flags are read after the rollouts, so none is missing. */
    private Future<Answer> list(Call call) {
        return listings.rollouts(call.windowFromNewest(), call.word("state", Rollout.State.class))
                .compose(page -> flags.load()
                        .map(set -> Answer.page(
                                "rollouts",
                                page,
                                row -> RolloutDocument.write(
                                        row, set.flag(row.flagKey()).orElseThrow()),
                                call.limit(),
                                RolloutRow::run)));
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.BEGIN_ROLLOUT, PlanDocument::read, Endpoint.SKIP_STEP, RolloutsResource::skipTo);
    }

    private Future<Answer> begin(Call call) {
        Plan plan = PlanDocument.read(call);
        String flag = call.path("flag");
        return steps.begin(flag, plan, call.change(""))
                .compose(begun -> read(flag))
                .map(answer -> new Answer(201, answer.body(), answer.headers()));
    }

    private static Weight skipTo(Call call) {
        Fields fields = call.fields();
        fields.only(Set.of("to", "force", "reason"));
        fields.text("to");
        Weight to = fields.weight("to");
        fields.flag("force");
        fields.check();
        return to;
    }

    private Future<Answer> skip(Call call) {
        Weight to = skipTo(call);
        boolean force = call.fields().flag("force");
        return change(call, (flag, change) -> steps.skip(flag, to, force, change));
    }

    private Future<Answer> change(Call call, BiFunction<String, Change, Future<?>> how) {
        String flag = call.path("flag");
        return how.apply(flag, call.changeBasedOn()).compose(done -> read(flag));
    }

    /** Also of a flag without a rollout: then the answer is the flag. */
    private Future<Answer> rollBack(Call call) {
        return operator.rollBack(call.path("flag"), call.changeBasedOn())
                .compose(flag -> rollouts.findOfFlag(flag.key())
                        .map(row -> Answer.ok(row.map(found -> RolloutDocument.write(found, flag))
                                .orElseGet(() -> FlagDocument.write(flag)))));
    }

    /** The same way back, by the name of the flag and never without a reason. */
    private Future<Answer> kill(Call call) {
        Fields fields = call.fields();
        String reason = call.reason("");
        if (reason.isBlank()) {
            fields.problem("reason", "is missing: say why");
        }
        fields.check();
        return operator.rollBack(call.path("key"), call.change(""))
                .map(flag -> Answer.ok(FlagDocument.write(flag)).version(flag.version()));
    }

    private Future<Answer> read(String key) {
        return find(key).compose(row -> flag(key)
                .map(flag -> Answer.ok(RolloutDocument.write(row, flag)).tag(row.tag())));
    }

    private Future<RolloutRow> find(String flag) {
        return rollouts.findOfFlag(flag)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("rollout of the flag '" + flag + "'")));
    }

    private Future<Flag> flag(String key) {
        return flags.find(key).map(found -> found.orElseThrow(() -> Refusal.notFound("flag '" + key + "'")));
    }
}
