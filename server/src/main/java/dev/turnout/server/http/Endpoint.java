package dev.turnout.server.http;

import static dev.turnout.server.control.Role.EVALUATE;
import static dev.turnout.server.control.Role.OPERATE;
import static dev.turnout.server.control.Role.REPORT;
import static dev.turnout.server.control.Role.WRITE;

import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything that can be asked of the server, and the one table of who may: any of the roles, or an administrator. No
 * role: open to everybody. */
@SuppressWarnings("ImmutableEnumChecker") // Set.of and HttpMethod are immutable
enum Endpoint {
    ALIVE(HttpMethod.GET, "/livez"),
    READY(HttpMethod.GET, "/readyz"),
    METRICS(HttpMethod.GET, "/metrics", OPERATE),

    EVALUATE_FLAGS(HttpMethod.POST, "/ofrep/v1/evaluate/flags", EVALUATE, OPERATE),
    EVALUATE_FLAG(HttpMethod.POST, "/ofrep/v1/evaluate/flags/:key", EVALUATE, OPERATE),
    READ_RULESET(HttpMethod.GET, "/api/v1/ruleset", EVALUATE, OPERATE),
    BEAT_CLIENT(HttpMethod.POST, "/api/v1/clients/:id", EVALUATE),
    LEAVE_CLIENT(HttpMethod.DELETE, "/api/v1/clients/:id", EVALUATE),
    REPORT_OUTCOMES(HttpMethod.POST, "/api/v1/outcomes", REPORT),

    LIST_FLAGS(HttpMethod.GET, "/api/v1/flags", OPERATE),
    READ_FLAG(HttpMethod.GET, "/api/v1/flags/:key", OPERATE),
    PUT_FLAG(HttpMethod.PUT, "/api/v1/flags/:key", OPERATE),
    EXPLAIN_FLAG(HttpMethod.GET, "/api/v1/flags/:key/explain", OPERATE),
    PATCH_FLAG(HttpMethod.PATCH, "/api/v1/flags/:key", OPERATE),

    START_MIGRATION(HttpMethod.POST, "/api/v1/migrations", OPERATE),
    LIST_MIGRATIONS(HttpMethod.GET, "/api/v1/migrations", OPERATE),
    READ_MIGRATION(HttpMethod.GET, "/api/v1/migrations/:name", OPERATE),
    PAUSE_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/pause", OPERATE),
    RESUME_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/resume", OPERATE),
    ROLL_BACK_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/rollback", OPERATE),
    APPROVE_CONTRACT(HttpMethod.POST, "/api/v1/migrations/:name/approve", OPERATE),
    RECORD_BACKUP(HttpMethod.POST, "/api/v1/migrations/:name/backup", OPERATE),
    LEAVE_WRITE(HttpMethod.POST, "/api/v1/migrations/:name/writes", WRITE),
    READ_WRITE(HttpMethod.GET, "/api/v1/migrations/:name/writes/:key", WRITE, OPERATE),

    TUNE_MIGRATION(HttpMethod.PATCH, "/api/v1/migrations/:name/tuning", OPERATE),
    LIST_REJECTED(HttpMethod.GET, "/api/v1/migrations/:name/rejected", OPERATE),
    RETRY_REJECTED(HttpMethod.POST, "/api/v1/migrations/:name/rejected/retry", OPERATE),
    READ_REPORT(HttpMethod.GET, "/api/v1/migrations/:name/reports/:kind", OPERATE),

    READ_ROLLOUT(HttpMethod.GET, "/api/v1/rollouts/:flag", OPERATE),
    APPROVE_STEP(HttpMethod.POST, "/api/v1/rollouts/:flag/approve", OPERATE),
    PAUSE_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/pause", OPERATE),
    RESUME_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/resume", OPERATE),
    ROLL_BACK_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/rollback", OPERATE),

    LIST_INCIDENTS(HttpMethod.GET, "/api/v1/incidents", OPERATE),
    ACKNOWLEDGE_INCIDENT(HttpMethod.POST, "/api/v1/incidents/:id/acknowledge", OPERATE),
    READ_AUDIT(HttpMethod.GET, "/api/v1/audit", OPERATE);

    private final HttpMethod method;
    private final String path;
    private final Set<Role> roles;

    Endpoint(HttpMethod method, String path, Role... roles) {
        this.method = method;
        this.path = path;
        this.roles = Set.of(roles);
    }

    HttpMethod method() {
        return method;
    }

    /** In Vert.x Web's notation. */
    String path() {
        return path;
    }

    boolean open() {
        return roles.isEmpty();
    }

    /** Whether it is answered under the router. */
    boolean direct() {
        return path.startsWith(Ofrep.FLAGS);
    }

    /**
     * The caller.
     *
     * @throws Refusal 403 when it has none of the roles
     */
    Caller check(Caller caller) {
        if (!admits(caller)) {
            throw new Refusal(
                    403, "forbidden", "the token '" + caller.name() + "' may not do this: " + needs(), Map.of());
        }
        return caller;
    }

    /** For messages: which roles it takes. */
    String needs() {
        return roles.stream()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(" or ", "it needs the role ", ""));
    }

    boolean admits(Caller caller) {
        return open() || roles.stream().anyMatch(caller::may);
    }
}
