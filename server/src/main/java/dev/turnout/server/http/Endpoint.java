package dev.turnout.server.http;

import static dev.turnout.server.control.Role.ADMIN;
import static dev.turnout.server.control.Role.ALERT;
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
import java.util.stream.Stream;

/** Everything that can be asked of the server, and the one table of who may: any of the roles, or an administrator. No
 * role: open to everybody. */
@SuppressWarnings("ImmutableEnumChecker") // Set.of and HttpMethod are immutable
public enum Endpoint {
    ALIVE(HttpMethod.GET, "/livez"),
    READY(HttpMethod.GET, "/readyz"),
    METRICS(HttpMethod.GET, "/metrics", OPERATE),

    EVALUATE_FLAGS(HttpMethod.POST, "/ofrep/v1/evaluate/flags", EVALUATE, OPERATE),
    EVALUATE_FLAG(HttpMethod.POST, "/ofrep/v1/evaluate/flags/:key", EVALUATE, OPERATE),
    READ_CONTRACT_YAML(HttpMethod.GET, "/api/v1/openapi.yaml", EVALUATE, REPORT, WRITE, OPERATE, ALERT),
    READ_CONTRACT_JSON(HttpMethod.GET, "/api/v1/openapi.json", EVALUATE, REPORT, WRITE, OPERATE, ALERT),
    READ_RULESET(HttpMethod.GET, "/api/v1/ruleset", EVALUATE, OPERATE),
    BEAT_CLIENT(HttpMethod.POST, "/api/v1/clients/:id", EVALUATE),
    LEAVE_CLIENT(HttpMethod.DELETE, "/api/v1/clients/:id", EVALUATE),
    READ_OUTCOMES(HttpMethod.GET, "/api/v1/flags/:key/outcomes", OPERATE),
    READ_GUARD(HttpMethod.GET, "/api/v1/flags/:key/guard", OPERATE),
    REPORT_OUTCOMES(HttpMethod.POST, "/api/v1/outcomes", REPORT),

    LIST_FLAGS(HttpMethod.GET, "/api/v1/flags", OPERATE),
    EXPORT_FLAGS(HttpMethod.GET, "/api/v1/flags/export", OPERATE),
    IMPORT_FLAGS(HttpMethod.POST, "/api/v1/flags/import", OPERATE),
    READ_FLAG(HttpMethod.GET, "/api/v1/flags/:key", OPERATE),
    PUT_FLAG(HttpMethod.PUT, "/api/v1/flags/:key", OPERATE),
    KILL_FLAG(HttpMethod.POST, "/api/v1/flags/:key/kill", OPERATE),
    READ_HISTORY(HttpMethod.GET, "/api/v1/flags/:key/history", OPERATE),
    RESTORE_FLAG(HttpMethod.POST, "/api/v1/flags/:key/restore", OPERATE),
    EXPLAIN_FLAG(HttpMethod.GET, "/api/v1/flags/:key/explain", OPERATE),
    PATCH_FLAG(HttpMethod.PATCH, "/api/v1/flags/:key", OPERATE),

    START_MIGRATION(HttpMethod.POST, "/api/v1/migrations", OPERATE),
    CHECK_MIGRATION(HttpMethod.POST, "/api/v1/migrations/check", OPERATE),
    LIST_MIGRATIONS(HttpMethod.GET, "/api/v1/migrations", OPERATE),
    READ_MIGRATION(HttpMethod.GET, "/api/v1/migrations/:name", OPERATE),
    PAUSE_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/pause", OPERATE),
    RESUME_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/resume", OPERATE),
    ROLL_BACK_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/rollback", OPERATE),
    APPROVE_CONTRACT(HttpMethod.POST, "/api/v1/migrations/:name/approve", OPERATE),
    RECORD_BACKUP(HttpMethod.POST, "/api/v1/migrations/:name/backup", OPERATE),
    READ_LOG(HttpMethod.GET, "/api/v1/migrations/:name/log", OPERATE),
    VERIFY_MIGRATION(HttpMethod.POST, "/api/v1/migrations/:name/verify", OPERATE),
    CANCEL_VERIFICATION(HttpMethod.POST, "/api/v1/migrations/:name/verifications/:id/cancel", OPERATE),
    LEAVE_WRITE(HttpMethod.POST, "/api/v1/migrations/:name/writes", WRITE),
    READ_WRITE(HttpMethod.GET, "/api/v1/migrations/:name/writes/:key", WRITE, OPERATE),

    READ_SPEC(HttpMethod.GET, "/api/v1/migrations/:name/spec", OPERATE),
    TUNE_MIGRATION(HttpMethod.PATCH, "/api/v1/migrations/:name/tuning", OPERATE),
    LIST_REJECTED(HttpMethod.GET, "/api/v1/migrations/:name/rejected", OPERATE),
    RETRY_REJECTED(HttpMethod.POST, "/api/v1/migrations/:name/rejected/retry", OPERATE),
    READ_REPORT(HttpMethod.GET, "/api/v1/migrations/:name/reports/:kind", OPERATE),
    LIST_MONITORS(HttpMethod.GET, "/api/v1/migrations/:name/monitors", OPERATE),
    RUN_MONITOR(HttpMethod.POST, "/api/v1/migrations/:name/monitors/:monitor/run", OPERATE),

    LIST_ROLLOUTS(HttpMethod.GET, "/api/v1/rollouts", OPERATE),
    READ_ROLLOUT(HttpMethod.GET, "/api/v1/rollouts/:flag", OPERATE),
    LIST_DECISIONS(HttpMethod.GET, "/api/v1/rollouts/:flag/decisions", OPERATE),
    APPROVE_STEP(HttpMethod.POST, "/api/v1/rollouts/:flag/approve", OPERATE),
    PAUSE_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/pause", OPERATE),
    RESUME_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/resume", OPERATE),
    ROLL_BACK_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/rollback", OPERATE),
    BEGIN_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag", OPERATE),
    END_ROLLOUT(HttpMethod.POST, "/api/v1/rollouts/:flag/end", OPERATE),
    SKIP_STEP(HttpMethod.POST, "/api/v1/rollouts/:flag/skip", OPERATE),
    FREEZE_FLAG(HttpMethod.POST, "/api/v1/rollouts/:flag/freeze", OPERATE),
    THAW_FLAG(HttpMethod.POST, "/api/v1/rollouts/:flag/thaw", OPERATE),
    LIST_FREEZES(HttpMethod.GET, "/api/v1/freezes", OPERATE),
    FREEZE_ALL(HttpMethod.POST, "/api/v1/freeze", OPERATE),
    THAW_ALL(HttpMethod.POST, "/api/v1/thaw", OPERATE),

    LIST_INCIDENTS(HttpMethod.GET, "/api/v1/incidents", OPERATE),
    READ_INCIDENT(HttpMethod.GET, "/api/v1/incidents/:id", OPERATE),
    ACKNOWLEDGE_INCIDENT(HttpMethod.POST, "/api/v1/incidents/:id/acknowledge", OPERATE),
    READ_AUDIT(HttpMethod.GET, "/api/v1/audit", OPERATE),

    LIST_ALERTS(HttpMethod.GET, "/api/v1/alerts", OPERATE),
    TAKE_ALERTMANAGER_ALERTS(HttpMethod.POST, "/api/v1/alerts/alertmanager", ALERT),
    TAKE_GRAFANA_ALERTS(HttpMethod.POST, "/api/v1/alerts/grafana", ALERT),
    PUT_GRAFANA_ALERTS(HttpMethod.PUT, "/api/v1/alerts/grafana", ALERT),
    TEST_ALERTS(HttpMethod.POST, "/api/v1/alerts/test", OPERATE, ALERT),
    LIST_ALERT_RULES(HttpMethod.GET, "/api/v1/alert-rules", OPERATE),
    READ_ALERT_RULE(HttpMethod.GET, "/api/v1/alert-rules/:name", OPERATE),
    PUT_ALERT_RULE(HttpMethod.PUT, "/api/v1/alert-rules/:name", OPERATE),
    DELETE_ALERT_RULE(HttpMethod.DELETE, "/api/v1/alert-rules/:name", OPERATE),
    LIST_NOTIFICATIONS(HttpMethod.GET, "/api/v1/notifications", OPERATE),

    LIST_TOKENS(HttpMethod.GET, "/api/v1/tokens", ADMIN),
    CREATE_TOKEN(HttpMethod.POST, "/api/v1/tokens", ADMIN),
    READ_TOKEN(HttpMethod.GET, "/api/v1/tokens/:name", ADMIN),
    REVOKE_TOKEN(HttpMethod.DELETE, "/api/v1/tokens/:name", ADMIN),
    ROTATE_TOKEN(HttpMethod.POST, "/api/v1/tokens/:name/rotate", ADMIN);

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

    Set<Role> roles() {
        return roles;
    }

    /** What the contract calls it: READ_FLAG is readFlag. */
    String operationId() {
        StringBuilder id = new StringBuilder();
        for (String word : name().toLowerCase(Locale.ROOT).split("_")) {
            id.append(id.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return id.toString();
    }

    /** @throws IllegalArgumentException when the contract has an operation that this table has not */
    static Endpoint of(String operationId) {
        return valueOf(operationId.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
    }

    /** Whether it is a part of an application's own traffic. */
    boolean forApplications() {
        return Stream.of(EVALUATE, REPORT, WRITE).anyMatch(roles::contains);
    }

    /** Whether it is a webhook for alerting, some of which knows users and passwords only. */
    boolean forAlerting() {
        return roles.equals(Set.of(ALERT));
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
    public String needs() {
        return roles.stream()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(" or ", "it needs the role ", ""));
    }

    public boolean admits(Caller caller) {
        return open() || roles.stream().anyMatch(caller::may);
    }
}
