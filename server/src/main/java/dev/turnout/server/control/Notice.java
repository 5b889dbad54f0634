package dev.turnout.server.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is told to the outside.
 *
 * @param text for people, in one line
 * @param details JSON values, for programs
 * @param once of several notices with one such text the first is made; empty: each is
 */
public record Notice(Kind kind, String flagKey, String text, Map<String, Object> details, Optional<String> once) {
    /** What happened; the type is what receivers go by and never changes. */
    public enum Kind {
        ROLLED_BACK("flag.rolled_back"),
        /** The new side is bad and the way back would lose data: somebody must come. */
        ROLLBACK_REFUSED("flag.rollback_refused"),
        ACKNOWLEDGED("incident.acknowledged"),
        STEP_ENTERED("rollout.step_entered"),
        APPROVAL_AWAITED("rollout.approval_awaited"),
        PAUSED("rollout.paused"),
        ALERTED("alert.received");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        public String type() {
            return type;
        }
    }

    public Notice {
        details = Map.copyOf(details);
    }

    public static Notice of(Kind kind, String flagKey, String text) {
        return new Notice(kind, flagKey, text, Map.of(), Optional.empty());
    }

    public Notice with(String name, Object detail) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(name, detail);
        return new Notice(kind, flagKey, text, more, once);
    }

    public Notice once(String text) {
        return new Notice(kind, flagKey, this.text, details, Optional.of(text));
    }

    /** Of an incident that was opened: either the flag went back, or it could not. */
    static Notice of(long incident, IncidentStore.Opening opening) {
        boolean held =
                opening.before().equals(opening.after()) && opening.before().hundredThousandths() > 0;
        String what = held
                ? "NOT rolled back, still at " + opening.before()
                : "rolled back from " + opening.before() + " to " + opening.after();
        Notice notice = of(
                        held ? Kind.ROLLBACK_REFUSED : Kind.ROLLED_BACK,
                        opening.flagKey(),
                        opening.flagKey() + ": " + what + ", incident " + incident + " is open: "
                                + opening.finding().because())
                .with("incident", incident)
                .with("source", opening.finding().source().name())
                .with("because", opening.finding().because())
                .with("weightBefore", opening.before().toString())
                .with("weightAfter", opening.after().toString());
        return opening.run().isPresent() ? notice.with("run", opening.run().getAsLong()) : notice;
    }
}
