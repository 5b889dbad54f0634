package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.SqlText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The trigger function of one table of the old side, for every transfer that the table feeds. Fires once per statement and
 * reads the rows as they stand then, so what it writes is never older than what is there. First the rows go that must not
 * stand any more, in the reverse order of the spec, then come those that must, in its order: so do foreign keys want it.
 * Immutable.
 */
record FeedSql(TriggerNames names, String table, List<Feed> feeds) {
    /** Begins what is done when a condition of the operator has raised, as {@code up} may. */
    private static final String RAISED =
            "EXCEPTION WHEN OTHERS THEN\nIF left(SQLSTATE, 2) IN " + CarrySql.NOT_THE_ROW + " THEN RAISE; END IF;";

    /**
     * How the table feeds a transfer.
     *
     * @param touched the condition that finds the rows {@code old} of a changed row {@code it}; empty: the table is the
     *     transfer's own
     * @param feeders of the transfer's own table: each other table, quoted, that feeds it, with its condition
     */
    record Feed(CarrySql carry, String touched, Map<String, String> feeders) {
        static Feed touched(CarrySql carry, String condition) {
            return new Feed(carry, condition, Map.of());
        }

        static Feed own(CarrySql carry, Map<String, String> feeders) {
            return new Feed(carry, "", feeders);
        }

        boolean own() {
            return touched.isEmpty();
        }

        TransferSql sql() {
            return carry.sql();
        }

        /** Of the rows that are written now, some cannot be told which rows feed them: a variable. */
        String again() {
            return "turnout_" + carry.ordinal() + "_again";
        }

        /** The variables that hold the keys concerned, one array per key column. */
        List<String> variables() {
            return IntStream.range(0, sql().transfer().key().size())
                    .mapToObj(i -> "turnout_" + carry.ordinal() + "_" + (own() ? "own" : "touched") + "_" + i)
                    .toList();
        }
    }

    String create() {
        return feeds.stream()
                        .filter(feed -> !feed.own())
                        .map(feed -> touches(feed) + ";\n")
                        .collect(joining())
                + names.createFunction(body()) + ";\n" + names.createTriggers(table);
    }

    /** Asks the condition of one pair of rows. One on which it raises counts as touched: what is lost otherwise is a change. */
    private String touches(Feed feed) {
        String tag = "$turnout_touches$";
        return """
                CREATE OR REPLACE FUNCTION %1$s(old record, it record) RETURNS boolean LANGUAGE plpgsql AS %2$s
                #variable_conflict use_column
                BEGIN
                RETURN (%3$s) IS TRUE;
                %4$s
                RETURN true;
                END
                %2$s;
                REVOKE ALL ON FUNCTION %1$s(record, record) FROM PUBLIC""".formatted(touchesFunction(feed), tag, feed.touched(), RAISED);
    }

    private String touchesFunction(Feed feed) {
        return "turnout." + quote(feed.carry().touchesName(names.number()));
    }

    private String body() {
        List<Feed> backwards = new ArrayList<>(feeds);
        Collections.reverse(backwards);
        return """
                #variable_conflict use_column
                DECLARE
                %s
                BEGIN
                %s
                %s
                %s
                %s
                %s
                RETURN NULL;
                END
                """.formatted(
                feeds.stream().flatMap(FeedSql::declared).collect(joining("\n")),
                feeds.stream().flatMap(FeedSql::meetings).collect(joining("\n")),
                feeds.stream().map(this::concerned).collect(joining("\n")),
                backwards.stream()
                        .map(feed -> call(feed, feed.carry().removeFunction(), "INSERT"))
                        .collect(joining("\n")),
                feeds.stream()
                        .map(feed -> call(feed, feed.carry().writeFunction(), "DELETE', 'TRUNCATE"))
                        .collect(joining("\n")),
                feeds.stream()
                        .filter(feed -> !feed.sql().transfer().touchedBy().isEmpty())
                        .map(FeedSql::named)
                        .collect(joining("\n")));
    }

    /**
     * A transaction on a snapshot of its own does not see what others have committed to the feeding rows since, and where
     * neither of the two writes a row there is nothing to collide on. What it touches is looked at once more when it is over.
     * So is a row that could not be made to meet the rows that feed it.
     */
    private static String named(Feed feed) {
        List<String> keys = feed.sql().transfer().key().stream()
                .map(name -> feed.sql().key().name(name))
                .toList();
        return """
                IF %s IS NOT NULL AND (%scurrent_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')) THEN
                INSERT INTO turnout.changelog (run, move, of_table, key)
                SELECT %d, %s, '', jsonb_build_array(%s)::text FROM unnest(%s) AS key (%s);
                END IF;""".formatted(
                        feed.variables().get(0),
                        feed.own() ? feed.again() + " OR " : "",
                        feed.carry().run(),
                        literal(feed.sql().transfer().name()),
                        keys.stream().map(key -> "key." + key + "::text").collect(joining(", ")),
                        String.join(", ", feed.variables()),
                        String.join(", ", keys));
    }

    private static Stream<String> declared(Feed feed) {
        List<String> variables = feed.variables();
        return Stream.concat(
                IntStream.range(0, variables.size())
                        .mapToObj(i ->
                                variables.get(i) + " " + feed.carry().arrays().get(i) + ";"),
                feed.own() ? Stream.of(feed.again() + " boolean := false;") : Stream.of());
    }

    /** A write that comes from the new side does not go back there. */
    private String concerned(Feed feed) {
        String find = """
                IF TG_OP = 'INSERT' THEN
                %s
                ELSIF TG_OP = 'UPDATE' THEN
                %s
                ELSIF TG_OP = 'DELETE' THEN
                %s
                ELSE
                %s
                END IF;""".formatted(
                        find(feed, "SELECT * FROM turnout_new"),
                        find(feed, "SELECT * FROM turnout_old UNION ALL SELECT * FROM turnout_new"),
                        find(feed, "SELECT * FROM turnout_old"),
                        feed.own() ? into(feed, allOfTarget(feed)) : into(feed, locked(feed, "true")));
        return feed.own() ? "IF NOT (" + CarrySql.guarded(feed.carry().down()) + ") THEN\n" + find + "\nEND IF;" : find;
    }

    private String find(Feed feed, String rows) {
        if (feed.own()) {
            String distinct = "SELECT DISTINCT "
                    + feed.sql().transfer().key().stream()
                            .map(name -> "old." + quote(name) + " AS "
                                    + feed.sql().key().name(name))
                            .collect(joining(", "));
            return into(feed, distinct + " FROM (" + rows + ") AS old" + ordered(feed));
        }
        String some = "EXISTS (SELECT FROM (" + rows + ") AS it WHERE %s)";
        return "BEGIN\n" + into(feed, locked(feed, some.formatted(feed.touched()))) + "\n" + RAISED + "\n"
                + into(feed, locked(feed, some.formatted(touchesFunction(feed) + "(old, it)"))) + "\nEND;";
    }

    /**
     * Two transactions that change two rows which feed the same one meet at its lock, and the later one sees what the
     * earlier one has committed.
     */
    private static String locked(Feed feed, String which) {
        return "SELECT "
                + feed.sql().transfer().key().stream()
                        .map(name ->
                                "old." + quote(name) + " AS " + feed.sql().key().name(name))
                        .collect(joining(", "))
                + " FROM " + feed.sql().from() + " AS old WHERE " + which + ordered(feed) + " FOR NO KEY UPDATE OF old";
    }

    /**
     * A transaction that changes a feeding row cannot see a row that is new, or that has just come under it, and this one
     * cannot see that change. So they meet at the feeding row: either it is locked here before it is changed, and whoever
     * changes it finds our row, or the lock is given after that commit, and what follows sees it. A row that stays under
     * the same ones is found, and waited for, by whoever changes one of them. Where the condition raises it is not told
     * which rows those are.
     */
    private static Stream<String> meetings(Feed feed) {
        return feed.feeders().entrySet().stream().map(feeder -> """
                        BEGIN
                        IF TG_OP = 'INSERT' THEN
                        %s
                        ELSIF TG_OP = 'UPDATE' THEN
                        %s
                        END IF;
                        %s
                        %s := true;
                        END;""".formatted(
                        held(feeder, "SELECT * FROM turnout_new"),
                        held(feeder, moved(feed, feeder.getValue())),
                        RAISED,
                        feed.again()));
    }

    /** As others may hold them too: rows under one feeding row do not wait for each other. */
    private static String held(Map.Entry<String, String> feeder, String rows) {
        return "PERFORM FROM " + feeder.getKey() + " AS it WHERE EXISTS (SELECT FROM (" + rows + ") AS old WHERE "
                + feeder.getValue() + ") ORDER BY it.ctid FOR SHARE OF it;";
    }

    /** Rows after an update of what says which ones feed them. */
    private static String moved(Feed feed, String condition) {
        if (SqlText.mentionsRow(condition, "old")) {
            return "SELECT * FROM turnout_new";
        }
        String unmoved = Stream.concat(
                        feed.sql().transfer().key().stream()
                                .map(name -> "was." + quote(name) + " = now." + quote(name)),
                        SqlText.columns(condition, "old").stream()
                                .map(name -> "was." + quote(name) + " IS NOT DISTINCT FROM now." + quote(name)))
                .collect(joining(" AND "));
        return "SELECT now.* FROM turnout_new AS now WHERE NOT EXISTS (SELECT FROM turnout_old AS was WHERE " + unmoved
                + ")";
    }

    private static String ordered(Feed feed) {
        return " ORDER BY "
                + IntStream.rangeClosed(1, feed.sql().transfer().key().size())
                        .mapToObj(Integer::toString)
                        .collect(joining(", "));
    }

    /** After TRUNCATE nothing tells which keys there were but the rows of the new table. */
    private static String allOfTarget(Feed feed) {
        List<String> keys = feed.sql().key().ofNew();
        return "SELECT "
                + IntStream.range(0, keys.size())
                        .mapToObj(i -> keys.get(i) + " AS k" + i)
                        .collect(joining(", "))
                + " FROM " + feed.sql().into() + " AS new WHERE "
                + feed.sql().key().owned();
    }

    private static String into(Feed feed, String query) {
        List<String> variables = feed.variables();
        return "SELECT "
                + IntStream.range(0, variables.size())
                        .mapToObj(i -> "array_agg(k.k" + i + ")")
                        .collect(joining(", "))
                + "\n  INTO " + String.join(", ", variables) + "\n  FROM (" + query + ") AS k;";
    }

    private static String call(Feed feed, String function, String butNotAt) {
        String unless = feed.own() ? " AND TG_OP NOT IN ('" + butNotAt + "')" : "";
        return "IF " + feed.variables().get(0) + " IS NOT NULL" + unless + " THEN PERFORM " + function + "("
                + String.join(", ", feed.variables()) + "); END IF;";
    }
}
