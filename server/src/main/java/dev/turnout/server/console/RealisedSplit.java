package dev.turnout.server.console;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How units really arrived on the two sides, and, where nobody tells, whether anybody should. Pure.
 *
 * @param says in words
 */
record RealisedSplit(State state, String says) {
    /** As the split's gate tells it once there is enough to compare. */
    private static final Pattern COMPARED = Pattern.compile("\\d+ of \\d+ units on the new side.*");

    /** What is known. */
    enum State {
        NO_ROLLOUT("no rollout", "", false),
        ENDED("rollout ended", "", false),
        NOT_BEGUN("not begun", "", false),
        ROLLED_BACK("rolled back", "", false),
        UNCOUNTED("not counted", "", false),
        SILENT("no reports", "unknown", true),
        FEW("too few yet", "", true),
        AS_WEIGHED("as it should be", "good", true),
        OTHERWISE("not as it should be", "unknown", true);

        private final String word;
        private final String kind;
        private final boolean reportsExpected;

        State(String word, String kind, boolean reportsExpected) {
            this.word = word;
            this.kind = kind;
            this.reportsExpected = reportsExpected;
        }

        String word() {
            return word;
        }

        /** Of the style. */
        String kind() {
            return kind;
        }
    }

    /**
     * @param rollout the newest of the flag
     * @param reported whether any application has reported of late
     */
    static RealisedSplit of(Optional<Doc> rollout, boolean reported) {
        if (rollout.isEmpty()) {
            return new RealisedSplit(
                    State.NO_ROLLOUT,
                    "no rollout moves this flag, so nobody counts its units and no report is expected");
        }
        Doc row = rollout.get();
        return switch (row.text("state")) {
            case "ENDED" ->
                new RealisedSplit(
                        State.ENDED, "the last rollout has ended: nobody counts units, and no report is expected");
            case "LATCHED" ->
                new RealisedSplit(State.ROLLED_BACK, "everybody is on the old side: there is no split to see");
            default ->
                row.number("step") < 0
                        ? new RealisedSplit(
                                State.NOT_BEGUN,
                                "the rollout is before its first step: reports are expected from then on")
                        : ofGate(row, reported);
        };
    }

    private static RealisedSplit ofGate(Doc row, boolean reported) {
        if (row.number("minUnits") == 0) {
            return new RealisedSplit(
                    State.UNCOUNTED, "the plan asks for no units, so the split is not held against it");
        }
        Optional<Doc> gate = row.list("gates").stream()
                .filter(each -> each.text("name").equals("split"))
                .findFirst();
        String because = gate.map(each -> each.text("because")).orElse("not looked at yet");
        if (COMPARED.matcher(because).matches()) {
            boolean good =
                    gate.filter(each -> each.text("health").equals("GOOD")).isPresent();
            return new RealisedSplit(good ? State.AS_WEIGHED : State.OTHERWISE, because);
        }
        return reported
                ? new RealisedSplit(State.FEW, because)
                : new RealisedSplit(
                        State.SILENT,
                        "no application has reported a unit of this step: the rollout waits until some do");
    }

    /**
     * Why there is nothing to see of applications.
     *
     * @param when in which nothing was reported
     */
    String silence(String when) {
        return state.reportsExpected
                ? "No application has reported outcomes of the last " + when
                        + ", and the rollout waits for such reports."
                : "Nothing was reported in the last " + when + ", and nothing has to be: " + says + ".";
    }
}
