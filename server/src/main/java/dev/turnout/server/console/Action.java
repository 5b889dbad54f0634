package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Everything that a form can do: one endpoint of the API each, and nothing besides. */
enum Action {
    ROLL_BACK(Endpoint.ROLL_BACK_ROLLOUT, "flag", "Rolled back: everybody is on the old side."),
    SET_WEIGHT(Endpoint.PATCH_FLAG, "key", "The percentage is set."),
    CREATE_FLAG(Endpoint.PUT_FLAG, "key", "The flag is made; everybody is on the old side."),
    RESTORE(Endpoint.RESTORE_FLAG, "key", "The flag is again what it was at that version."),
    SET_STATE(Endpoint.PATCH_FLAG, "key", "The flag is changed."),
    SET_STAGE(Endpoint.PATCH_FLAG, "key", "The stage is set."),
    PAUSE_ROLLOUT(Endpoint.PAUSE_ROLLOUT, "flag", "The rollout is held."),
    RESUME_ROLLOUT(Endpoint.RESUME_ROLLOUT, "flag", "The rollout goes on."),
    APPROVE_STEP(Endpoint.APPROVE_STEP, "flag", "The next step is approved."),
    SKIP_STEP(Endpoint.SKIP_STEP, "flag", "The rollout is on the later step."),
    BEGIN_ROLLOUT(Endpoint.BEGIN_ROLLOUT, "flag", "The rollout has begun."),
    END_ROLLOUT(Endpoint.END_ROLLOUT, "flag", "The rollout has ended; the flag stays where it is."),
    FREEZE_FLAG(Endpoint.FREEZE_FLAG, "flag", "The flag is frozen: no rollout takes it further."),
    THAW_FLAG(Endpoint.THAW_FLAG, "flag", "The flag's rollouts go on."),
    FREEZE_ALL(Endpoint.FREEZE_ALL, "", "Every rollout stands still."),
    THAW_ALL(Endpoint.THAW_ALL, "", "Rollouts go on."),
    ACKNOWLEDGE(Endpoint.ACKNOWLEDGE_INCIDENT, "id", "Acknowledged: the rollout may begin again."),
    PAUSE(Endpoint.PAUSE_MIGRATION, "name", "The migration is being paused."),
    RESUME(Endpoint.RESUME_MIGRATION, "name", "The migration goes on."),
    UNDO(Endpoint.ROLL_BACK_MIGRATION, "name", "The migration is being rolled back."),
    APPROVE_CONTRACT(Endpoint.APPROVE_CONTRACT, "name", "The contract is approved."),
    RECORD_BACKUP(Endpoint.RECORD_BACKUP, "name", "The backup is recorded."),
    RETRY_REJECTED(Endpoint.RETRY_REJECTED, "name", "The rows are being tried again."),
    VERIFY(Endpoint.VERIFY_MIGRATION, "name", "The rows are being verified anew."),
    CANCEL_VERIFICATION(
            Endpoint.CANCEL_VERIFICATION,
            "name",
            "Cancelled: what was verified for it keeps its age, the rest is as old as it was."),
    TUNE(Endpoint.TUNE_MIGRATION, "name", "The tuning is set."),
    RUN_MONITOR(Endpoint.RUN_MONITOR, "name", "The monitor is being measured; its value comes within seconds."),
    SET_RULE(Endpoint.PUT_ALERT_RULE, "name", "The rule is set."),
    DELETE_RULE(Endpoint.DELETE_ALERT_RULE, "name", "The rule is taken away."),
    CREATE_TOKEN(Endpoint.CREATE_TOKEN, "", "The token is made."),
    ROTATE_TOKEN(Endpoint.ROTATE_TOKEN, "name", "The token is rotated."),
    REVOKE_TOKEN(Endpoint.REVOKE_TOKEN, "name", "The token is revoked.");

    private final Endpoint endpoint;
    private final String parameter;
    private final String done;

    Action(Endpoint endpoint, String parameter, String done) {
        this.endpoint = endpoint;
        this.parameter = parameter;
        this.done = done;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** The parameter of the endpoint's path; empty: it has none. */
    String parameter() {
        return parameter;
    }

    /** Whether it takes something away: a request without a body. */
    boolean deletes() {
        return this == DELETE_RULE || this == REVOKE_TOKEN;
    }

    /** In an address. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Action> of(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst();
    }

    /** What is told once it is done; empty for a word that means nothing. */
    static String done(String word) {
        return switch (word) {
            case "start-migration" ->
                "The migration is started: a worker looks at the database before it changes anything.";
            case "import-flags" -> "The flags are what the file says.";
            default -> of(word).map(action -> action.done).orElse("");
        };
    }
}
