package dev.turnout.migration;

import dev.turnout.migration.Monitor.Language;
import dev.turnout.migration.Monitor.Limits;
import dev.turnout.migration.Monitor.Query;
import dev.turnout.migration.Monitor.Rule;
import dev.turnout.migration.Monitor.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code monitor}. */
final class MonitorReader {
    /** Every key of a monitor. */
    static final Set<String> KEYS = Set.of(
            "every",
            "young",
            "initial delay",
            "timeout",
            "window",
            "sql",
            "on",
            "promql",
            "prometheus",
            "compare",
            "fail when",
            "ok when",
            "baseline",
            "min sample",
            "count",
            "failure limit",
            "inconclusive limit",
            "error limit",
            "dry run");

    static final Duration EVERY = Duration.ofHours(1);
    static final Duration YOUNG = Duration.ofMinutes(1);
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    static final int ERROR_LIMIT = 4;
    /** Several wait for each other in one worker, which holds them for less than its lease. */
    static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);
    /** Of the Prometheus that is asked when the monitor names none. */
    static final String PROMETHEUS = "prometheus";

    private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}";
    private static final String VALUE = "[a-z][a-z0-9_]{0,62}";

    private final SqlReader sql;
    private final Place database;
    private final Place target;

    /** @param target of the new side */
    MonitorReader(SqlReader sql, Place database, Place target) {
        this.sql = sql;
        this.database = database;
        this.target = target;
    }

    List<Monitor> monitors(Part part) {
        List<Monitor> monitors = new ArrayList<>();
        part.entries()
                .forEach((name, monitor) -> monitors.add(
                        monitor(name, monitor.called("monitor '" + name + "'").fields(KEYS.toArray(String[]::new)))));
        return monitors;
    }

    private Monitor monitor(String name, Fields fields) {
        Schedule schedule = schedule(fields);
        if (fields.has("sql") && fields.has("promql")) {
            fields.owner().wrong(fields.owner().name() + " has both 'sql' and 'promql'", "make two monitors of it");
        }
        Query query = fields.has("promql") ? promql(fields) : sql(fields);
        boolean arms = fields.at("compare", MonitorReader::arms, false);
        Rule rule = arms ? arms(fields, query) : rule(fields, query);
        return new Monitor(name, schedule, query, rule, limits(fields), fields.at("dry run", Part::yes, false));
    }

    private static Schedule schedule(Fields fields) {
        Duration every = fields.at("every", Part::positiveDuration, EVERY);
        Duration young = fields.at("young", Part::positiveDuration, every.compareTo(YOUNG) < 0 ? every : YOUNG);
        if (young.compareTo(every) > 0) {
            wrong(fields, "young", "young is longer than every", "a young step is watched more closely, not less");
        }
        Duration timeout = fields.at("timeout", Part::positiveDuration, TIMEOUT);
        if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            wrong(fields, "timeout", "a measurement may take 30s at most", "give the query an index, or ask for less");
        }
        return new Schedule(
                every,
                young,
                fields.at("initial delay", Part::duration, Duration.ZERO),
                timeout,
                fields.at("window", Part::positiveDuration, every));
    }

    private Query sql(Fields fields) {
        refuse(fields, "goes with 'promql' only", "prometheus");
        Side side = fields.at("on", Part::side, Side.OLD);
        if (side == Side.NEW && target.database().equals(database.database())) {
            wrong(
                    fields,
                    "on",
                    "the new side is in the same database",
                    "leave it out, and name a schema in the query where there is one");
        }
        return Query.sql(
                (side == Side.OLD ? database : target).database(),
                fields.need("sql", "SELECT …").map(sql::query).orElse(""));
    }

    private static Query promql(Fields fields) {
        refuse(fields, "goes with 'sql' only", "on");
        Map<String, String> texts = new LinkedHashMap<>();
        fields.at("promql").ifPresent(part -> {
            if (part.isMapping()) {
                part.entries().forEach((name, text) -> {
                    if (!name.matches(VALUE)) {
                        text.wrong(
                                "'" + name + "' is no name of a value",
                                "use lower-case letters, digits and underscores");
                    }
                    texts.put(name, text.text());
                });
            } else {
                texts.put("value", part.text());
            }
        });
        String server = fields.at(
                "prometheus", part -> part.text(NAME, "the name of a Prometheus that the workers know"), PROMETHEUS);
        return new Query(Language.PROMQL, "prometheus:" + server, texts);
    }

    private static boolean arms(Part part) {
        String text = part.text();
        if (!text.equals("arms") && !text.isEmpty()) {
            part.wrong("compare must be arms, not '" + text + "'", "write compare: arms, or leave it out");
        }
        return text.equals("arms");
    }

    /** Rows of either side for the detector: it decides, so there is nothing to say about what is bad. */
    private static Rule arms(Fields fields, Query query) {
        refuse(fields, "does not go with 'compare': the detector decides", "fail when", "ok when", "baseline");
        boolean sql = query.language() == Language.SQL;
        boolean counted = sql
                ? SqlText.bind(query.text(), Set.of("from")).parameters().contains("from")
                        && List.of("arm", "total", "failed").stream().allMatch(name -> gives(query, name))
                : query.texts().keySet().equals(Set.of("total", "failed"))
                        && query.texts().values().stream().allMatch(text -> text.contains("$window"));
        if (!counted && !query.text().isEmpty()) {
            wrong(
                    fields,
                    "compare",
                    sql
                            ? "to compare arms the query gives the columns arm, total and failed of what happened after :from"
                            : "to compare arms there are two queries, total and failed, over $window, by arm",
                    sql
                            ? "count each unit once: … WHERE at > :from AND at <= :now GROUP BY arm"
                            : "write total: sum by (arm) (increase(calls_total[$window]))");
        }
        return new Rule("", Optional.empty(), Optional.empty(), true, minSample(fields));
    }

    private Rule rule(Fields fields, Query query) {
        long minSample = minSample(fields);
        if (minSample > 0 && !query.text().isEmpty() && !gives(query, "total")) {
            wrong(
                    fields,
                    "min sample",
                    "min sample counts the column 'total', which the query does not give",
                    "add count(*) AS total to the query, or leave min sample out");
        }
        Optional<Duration> baseline = fields.at("baseline").map(Part::positiveDuration);
        boolean inSql = query.language() == Language.SQL;
        String fails = fields.need("fail when", "failed > 0")
                .map(part -> inSql ? sql.expression(part) : condition(part, query, baseline.isPresent()))
                .orElse("");
        Optional<String> holds = fields.at("ok when")
                .map(part -> inSql ? sql.expression(part) : condition(part, query, baseline.isPresent()));
        if (baseline.isPresent() && !(fails + holds.orElse("")).contains("baseline_")) {
            wrong(
                    fields,
                    "baseline",
                    "no condition looks at the baseline",
                    "compare a column with what it was, such as failed > 2 * baseline_failed");
        }
        return new Rule(fails, holds, baseline, false, minSample);
    }

    /** In the words of {@link Condition}, over what the queries give. */
    private static String condition(Part part, Query query, boolean baseline) {
        String text = part.text();
        if (text.isEmpty()) {
            return text;
        }
        Set<String> known = new LinkedHashSet<>(query.texts().keySet());
        if (baseline) {
            query.texts().keySet().forEach(name -> known.add("baseline_" + name));
        }
        try {
            for (String name : Condition.parse(text).names()) {
                if (!known.contains(name)) {
                    part.wrong(
                            part.name() + " names '" + name + "', which no query gives",
                            "known here: " + String.join(", ", known));
                }
            }
        } catch (IllegalArgumentException e) {
            part.wrong(
                    part.name() + ": '" + text + "': " + e.getMessage(),
                    "compare numbers and names with < <= = <> >= >, AND, OR and NOT");
        }
        return text;
    }

    private static long minSample(Fields fields) {
        return fields.at("min sample", part -> part.number(Long.MAX_VALUE / 2), 0L);
    }

    private static Limits limits(Fields fields) {
        int count = fields.at("count", MonitorReader::limit, 1);
        if (count == 0) {
            wrong(fields, "count", "a count of 0 would open the gate unmeasured", "write at least 1");
        }
        return new Limits(
                count,
                fields.at("failure limit", MonitorReader::limit, 0),
                fields.at("inconclusive limit", MonitorReader::limit, 0),
                fields.at("error limit", MonitorReader::limit, ERROR_LIMIT));
    }

    private static int limit(Part part) {
        return (int) part.number(1_000);
    }

    private static boolean gives(Query query, String column) {
        return query.language() == Language.PROMQL
                ? query.texts().containsKey(column)
                : SqlTokens.of(query.text()).stream()
                        .anyMatch(token ->
                                token.is("*") || (token.isName() && token.text().equals(column)));
    }

    private static void refuse(Fields fields, String why, String... keys) {
        for (String key : keys) {
            wrong(fields, key, "'" + key + "' " + why, "leave it out");
        }
    }

    private static void wrong(Fields fields, String key, String what, String mend) {
        fields.at(key).ifPresent(part -> part.wrong(what, mend));
    }
}
