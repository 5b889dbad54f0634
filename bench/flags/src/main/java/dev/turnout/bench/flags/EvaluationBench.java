package dev.turnout.bench.flags;

import dev.openfeature.contrib.providers.flagd.Config;
import dev.openfeature.contrib.providers.flagd.FlagdOptions;
import dev.openfeature.contrib.providers.flagd.FlagdProvider;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.Value;
import dev.turnout.flags.Clause;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Rule;
import dev.turnout.flags.Schedule;
import dev.turnout.flags.Serve;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Weight;
import dev.turnout.flags.togglz.FlagStates;
import io.getunleash.DefaultUnleash;
import io.getunleash.Unleash;
import io.getunleash.UnleashContext;
import io.getunleash.util.UnleashConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.ff4j.FF4j;
import org.ff4j.core.Feature;
import org.ff4j.strategy.PonderationStrategy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.togglz.core.activation.GradualActivationStrategy;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.mem.InMemoryStateRepository;
import org.togglz.core.user.SimpleFeatureUser;

/**
 * One question to a flag at 25 % of the users, in process, to Turnout and to others; and to a flag with a rule, where the
 * others have one. Every state is made once, as an application does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH prepares the state first
public class EvaluationBench {
    private static final String UNLEASH = """
            {"version":1,"features":[
              {"name":"split","enabled":true,"strategies":[
                {"name":"flexibleRollout","parameters":{"rollout":"25","stickiness":"userId","groupId":"split"}}]},
              {"name":"rule","enabled":true,"strategies":[
                {"name":"default","constraints":[{"contextName":"country","operator":"IN","values":["KR","JP"]}]}]}]}
            """;
    private static final String FLAGD = """
            {"flags":{
              "split":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                "targeting":{"fractional":[["on",25],["off",75]]}},
              "rule":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                "targeting":{"if":[{"in":[{"var":"country"},["KR","JP"]]},"on","off"]}}}}
            """;

    private enum Features implements org.togglz.core.Feature {
        SPLIT
    }

    private FlagSet turnout;
    private Subject subject;
    private FeatureManager togglz;
    private FeatureManager togglzWithTurnout;
    private FF4j ff4j;
    private Unleash unleash;
    private UnleashContext unleashContext;
    private FeatureProvider flagd;
    private ImmutableContext flagdContext;
    private Path files;

    @Setup
    public void prepare() throws Exception {
        Flag split = Flag.create("split").withWeight(Weight.parse("25%"));
        Clause country =
                new Clause("turnout-attribute", Map.of("attribute", "country", "operator", "in", "values", "KR,JP"));
        Flag rule = Flag.create("rule")
                .withTargeting(new Targeting(
                        Schedule.ALWAYS, List.of(), List.of(new Rule("", List.of(country), Serve.always("on")))));
        turnout = FlagSet.of(1, List.of(split, rule));
        subject = new Subject("user-42", Map.of("country", "KR"));

        InMemoryStateRepository states = new InMemoryStateRepository();
        states.setFeatureState(new FeatureState(Features.SPLIT, true)
                .setStrategyId(GradualActivationStrategy.ID)
                .setParameter(GradualActivationStrategy.PARAM_PERCENTAGE, "25"));
        SimpleFeatureUser user = new SimpleFeatureUser("user-42");
        togglz = new FeatureManagerBuilder()
                .featureEnum(Features.class)
                .stateRepository(states)
                .userProvider(() -> user)
                .build();
        togglzWithTurnout = new FeatureManagerBuilder()
                .featureEnum(Features.class)
                .stateRepository(FlagStates.readOnly(() -> turnout))
                .userProvider(() -> user)
                .build();

        ff4j = new FF4j();
        Feature feature = new Feature("split", true);
        feature.setFlippingStrategy(new PonderationStrategy(0.25));
        ff4j.createFeature(feature);

        files = Files.createTempDirectory("turnout-bench");
        unleash = new DefaultUnleash(UnleashConfig.builder()
                .appName("bench")
                .unleashAPI("http://127.0.0.1:1/")
                .apiKey("none")
                .backupFile(files.resolve("unleash.json").toString())
                .toggleBootstrapProvider(() -> java.util.Optional.of(UNLEASH))
                .disablePolling()
                .disableMetrics()
                .build());
        unleashContext = UnleashContext.builder()
                .userId("user-42")
                .addProperty("country", "KR")
                .build();

        Path flags = Files.writeString(files.resolve("flagd.json"), FLAGD);
        flagd = new FlagdProvider(FlagdOptions.builder()
                .resolverType(Config.Resolver.FILE)
                .offlineFlagSourcePath(flags.toString())
                .deadline(30_000)
                .build());
        flagd.initialize(new ImmutableContext());
        flagdContext = new ImmutableContext("user-42", Map.of("country", new Value("KR")));
        check();
    }

    /** A benchmark of wrong answers is none. */
    private void check() {
        if (!turnoutRule() || !unleashRule() || !flagdRule()) {
            throw new IllegalStateException("a rule does not answer as it is written");
        }
    }

    @TearDown
    public void clean() throws IOException {
        unleash.shutdown();
        flagd.shutdown();
        Files.deleteIfExists(files.resolve("unleash.json"));
        Files.deleteIfExists(files.resolve("flagd.json"));
    }

    @Benchmark
    public boolean turnoutSplit() {
        return turnout.evaluate("split", subject, InstantSource.system()).on();
    }

    @Benchmark
    public boolean turnoutRule() {
        return turnout.evaluate("rule", subject, InstantSource.system()).on();
    }

    @Benchmark
    public boolean togglzGradual() {
        return togglz.isActive(Features.SPLIT);
    }

    @Benchmark
    public boolean togglzWithTurnoutSplit() {
        return togglzWithTurnout.isActive(Features.SPLIT);
    }

    /** By chance at each call: ff4j has no sticky split. */
    @Benchmark
    public boolean ff4jPonderation() {
        return ff4j.check("split");
    }

    @Benchmark
    public boolean unleashSplit() {
        return unleash.isEnabled("split", unleashContext);
    }

    @Benchmark
    public boolean unleashRule() {
        return unleash.isEnabled("rule", unleashContext);
    }

    @Benchmark
    public boolean flagdSplit() {
        return flagd.getBooleanEvaluation("split", false, flagdContext).getValue();
    }

    @Benchmark
    public boolean flagdRule() {
        return flagd.getBooleanEvaluation("rule", false, flagdContext).getValue();
    }
}
