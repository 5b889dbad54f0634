package dev.turnout.server.console;

import dev.turnout.flags.Weight;
import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One flag.
 *
 * @param rollout empty when no migration moves it
 * @param incidents of the flag, the newest first
 * @param preview of a percentage that somebody considers
 * @param watched what its guard saw
 * @param decisions of its rollout, the newest first
 */
record FlagPage(
        Doc flag,
        Optional<Doc> rollout,
        List<Doc> incidents,
        List<Doc> versions,
        Optional<Preview> preview,
        Explained explained,
        Outcomes outcomes,
        GuardView watched,
        List<Doc> decisions,
        List<Doc> monitors) {
    private static final int HOURS = 14 * 24;
    private static final int DECISIONS = 8;

    static Future<View> of(Visit visit) {
        String key = visit.path("key");
        Map<String, Doc> read = new HashMap<>();
        return visit.ask(Ask.of(Endpoint.READ_FLAG).at("key", key))
                .onSuccess(flag -> read.put("flag", flag))
                .compose(done -> rollout(visit, key))
                .compose(rollout -> visit.ask(Ask.of(Endpoint.LIST_INCIDENTS)
                                .where("flag", key)
                                .where("limit", "5"))
                        .onSuccess(list -> read.put("incidents", list))
                        .compose(done -> visit.ask(
                                Ask.of(Endpoint.READ_HISTORY).at("key", key).where("limit", "20")))
                        .onSuccess(list -> read.put("history", list))
                        .compose(done -> visit.ask(
                                Ask.of(Endpoint.READ_OUTCOMES).at("key", key).where("hours", String.valueOf(HOURS))))
                        .onSuccess(list -> read.put("outcomes", list))
                        .compose(done -> visit.ask(Lookback.of(visit).ask(key)))
                        .onSuccess(seen -> read.put("guard", seen))
                        .compose(done -> visit.ask(Ask.of(Endpoint.LIST_DECISIONS)
                                .at("flag", key)
                                .where("limit", String.valueOf(DECISIONS))))
                        .onSuccess(list -> read.put("decisions", list))
                        .compose(done -> monitors(visit, rollout))
                        .compose(monitors -> Explained.of(visit, key)
                                .map(explained -> page(visit, read, rollout, monitors, explained))))
                .map(page -> new View(
                        key,
                        "flags",
                        Optional.of(key),
                        (shell, out) -> JteflagGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static FlagPage page(
            Visit visit, Map<String, Doc> read, Optional<Doc> rollout, List<Doc> monitors, Explained explained) {
        Doc flag = read.getOrDefault("flag", Doc.NOTHING);
        return new FlagPage(
                flag,
                rollout,
                read.getOrDefault("incidents", Doc.NOTHING).list("incidents"),
                read.getOrDefault("history", Doc.NOTHING).list("versions"),
                visit.query("percent").map(text -> Preview.of(flag, text)),
                explained,
                Outcomes.of(read.getOrDefault("outcomes", Doc.NOTHING)),
                GuardView.of(Lookback.of(visit), read.getOrDefault("guard", Doc.NOTHING)),
                read.getOrDefault("decisions", Doc.NOTHING).list("decisions"),
                monitors);
    }

    private static Future<List<Doc>> monitors(Visit visit, Optional<Doc> rollout) {
        return rollout.filter(row -> row.has("migration")).isEmpty()
                ? Future.succeededFuture(List.of())
                : MonitorsPage.monitors(visit, rollout.orElse(Doc.NOTHING).text("migration"));
    }

    /** Empty where there is none. */
    static Future<Optional<Doc>> rollout(Visit visit, String key) {
        return MigrationPage.maybe(visit, Ask.of(Endpoint.READ_ROLLOUT).at("flag", key));
    }

    Weight weight() {
        return Weight.parse(flag.text("weight"));
    }

    boolean moved() {
        return rollout.filter(row -> !row.text("state").equals("ENDED")).isPresent();
    }

    /** Whether a plan may be begun by hand: no rollout moves it, and no migration will. */
    boolean beginnable() {
        return !moved() && !flag.has("stage") && flag.text("state").equals("ON") && !flag.has("rolledBack");
    }

    RealisedSplit split() {
        return RealisedSplit.of(
                rollout, !watched.stretches().isEmpty() || !outcomes.stretches().isEmpty());
    }

    /** What was changed with a version; of the oldest that is shown nothing is known of before. */
    List<Difference> difference(int index) {
        return index + 1 < versions.size()
                ? Difference.between(
                        versions.get(index + 1).at("flag"), versions.get(index).at("flag"))
                : List.of();
    }

    /** When the flag was changed, with the weight that it was given. */
    List<Chart.Mark> marks() {
        List<Chart.Mark> marks = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            String weight = versions.get(i).at("flag").text("weight");
            boolean same = i + 1 < versions.size()
                    && versions.get(i + 1).at("flag").text("weight").equals(weight);
            versions.get(i).instant("at").ifPresent(at -> marks.add(new Chart.Mark(at, same ? "" : weight)));
        }
        return marks;
    }
}
