package dev.turnout.server.console;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that somebody wanted verified anew. Pure.
 *
 * @param bar how far it is
 * @param doc of the API
 */
record Anew(Bars.Bar bar, Doc doc) {
    private static final Set<String> VERIFIED = Set.of("VERIFYING", "READY", "ROLLING_OUT", "SOAKING");

    /** Of so many somebody still wants to know. */
    private static final int SHOWN = 5;

    /** The newest first. */
    static List<Anew> of(Doc run) {
        return run.list("verifications").stream().limit(SHOWN).map(Anew::one).toList();
    }

    private static Anew one(Doc doc) {
        long chunks = doc.number("chunks");
        long done = doc.number("done");
        boolean over = doc.text("state").equals("DONE");
        String name = doc.has("table") ? doc.text("table") : "every row";
        long percent = over ? 100 : chunks == 0 ? 0 : 100 * done / chunks;
        String told = chunks > 0 || over
                ? Numbers.whole(done) + " of " + Numbers.whole(chunks) + " ranges · " + differences(doc)
                : doc.has("unmet") ? "nothing was verified for it" : "no worker has told yet";
        return new Anew(new Bars.Bar(name, percent, told), doc);
    }

    /** What was cut short says nothing of the rows that it has not come to. */
    private static String differences(Doc doc) {
        long found = doc.number("differences");
        return (found == 0 ? "no difference found" : Numbers.whole(found) + " rows differed")
                + (doc.has("unmet") ? " in them" : "");
    }

    boolean open() {
        return doc.text("state").equals("OPEN");
    }

    boolean differ() {
        return doc.number("differences") > 0;
    }

    /** Why it ended before its end. */
    Optional<String> unmet() {
        return Optional.of(doc.text("unmet")).filter(because -> !because.isEmpty());
    }

    /** Whether it can be asked for now. */
    static boolean possible(Doc run) {
        return VERIFIED.contains(run.has("pausedFrom") ? run.text("pausedFrom") : run.text("phase"))
                && !run.text("wish").equals("ROLL_BACK");
    }
}
