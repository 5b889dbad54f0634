package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.RunStore;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Holds a token to the flags of its scopes: whatever the path names (a flag, its rollout, its migration, an incident) must
 * be of one of them. What names none is closed to such a token, but for what looks at each flag by itself. Thread-safe.
 */
final class Reach {
    /** Their answers leave out, or their readings refuse, what is out of reach. */
    private static final Set<Endpoint> LOOK_THEMSELVES = EnumSet.of(
            Endpoint.READ_CONTRACT_YAML,
            Endpoint.READ_CONTRACT_JSON,
            Endpoint.LIST_FLAGS,
            Endpoint.EXPORT_FLAGS,
            Endpoint.IMPORT_FLAGS,
            Endpoint.LIST_MIGRATIONS,
            Endpoint.LIST_ROLLOUTS,
            Endpoint.START_MIGRATION,
            Endpoint.CHECK_MIGRATION,
            Endpoint.REPORT_OUTCOMES,
            Endpoint.LIST_INCIDENTS,
            Endpoint.LIST_ALERTS,
            Endpoint.TAKE_ALERTMANAGER_ALERTS,
            Endpoint.TAKE_GRAFANA_ALERTS,
            Endpoint.PUT_GRAFANA_ALERTS,
            Endpoint.TEST_ALERTS,
            Endpoint.LIST_NOTIFICATIONS,
            Endpoint.READ_AUDIT);

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final RunStore runs;
    private final IncidentStore incidents;

    Reach(RunStore runs, IncidentStore incidents) {
        this.runs = runs;
        this.incidents = incidents;
    }

    /** Fails with a {@link Refusal} 403. */
    Future<Void> check(Endpoint endpoint, Function<String, String> pathParam, Caller caller) {
        if (caller.reachesAll() || endpoint.open() || LOOK_THEMSELVES.contains(endpoint)) {
            return Future.succeededFuture();
        }
        String path = endpoint.path();
        if (path.contains("/flags/:key")) {
            return within(caller, Optional.of(pathParam.apply("key")));
        }
        if (path.contains("/rollouts/:flag")) {
            return within(caller, Optional.of(pathParam.apply("flag")));
        }
        if (path.contains("/migrations/:name")) {
            return runs.find(pathParam.apply("name")).compose(run -> within(caller, run.map(found -> found.flagKey())));
        }
        String id = path.contains("/incidents/:id") ? pathParam.apply("id") : "";
        return NUMBER.matcher(id).matches()
                ? incidents.find(Long.parseLong(id)).compose(found -> within(caller, found.map(it -> it.flagKey())))
                : within(caller, Optional.empty());
    }

    private static Future<Void> within(Caller caller, Optional<String> flagKey) {
        return flagKey.filter(caller::reaches).isPresent()
                ? Future.succeededFuture()
                : Future.failedFuture(refusal(caller, flagKey.map(key -> "the flag '" + key + "'")));
    }

    /** @throws Refusal 403 */
    static void check(Caller caller, String flagKey) {
        if (!caller.reaches(flagKey)) {
            throw refusal(caller, Optional.of("the flag '" + flagKey + "'"));
        }
    }

    private static Refusal refusal(Caller caller, Optional<String> what) {
        return new Refusal(
                403,
                "out-of-scope",
                "the token '" + caller.name() + "' reaches only flags that begin with "
                        + String.join(" or ", caller.scopes().stream().sorted().toList()) + ", not "
                        + what.orElse("this"),
                Map.of());
    }
}
