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

        /** The variables that hold the keys concerned, one array per key column. */
        List<String> variables() {
            return IntStream.range(0, sql().transfer().key().size())
                    .mapToObj(i -> "turnout_" + carry.ordinal() + "_" + (own() ? "own" : "touched") + "_" + i)
                    .toList();
        }
    }

    String create() {
        return names.createFunction(body()) + ";\n" + names.createTriggers(table);
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
                feeds.stream().map(FeedSql::concerned).collect(joining("\n")),
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
     */
    private static String named(Feed feed) {
        List<String> keys = feed.sql().transfer().key().stream()
                .map(name -> feed.sql().key().name(name))
                .toList();
        return """
                IF %s IS NOT NULL AND current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
                INSERT INTO turnout.changelog (run, move, of_table, key)
                SELECT %d, %s, '', jsonb_build_array(%s)::text FROM unnest(%s) AS key (%s);
                END IF;""".formatted(
                        feed.variables().get(0),
                        feed.carry().run(),
                        literal(feed.sql().transfer().name()),
                        keys.stream().map(key -> "key." + key + "::text").collect(joining(", ")),
                        String.join(", ", feed.variables()),
                        String.join(", ", keys));
    }

    private static Stream<String> declared(Feed feed) {
        List<String> variables = feed.variables();
        return IntStream.range(0, variables.size())
                .mapToObj(i -> variables.get(i) + " " + feed.carry().arrays().get(i) + ";");
    }

    /** A write that comes from the new side does not go back there. */
    private static String concerned(Feed feed) {
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

    private static String find(Feed feed, String rows) {
        if (feed.own()) {
            String distinct = "SELECT DISTINCT "
                    + feed.sql().transfer().key().stream()
                            .map(name -> "old." + quote(name) + " AS "
                                    + feed.sql().key().name(name))
                            .collect(joining(", "));
            return into(feed, distinct + " FROM (" + rows + ") AS old" + ordered(feed));
        }
        return into(feed, locked(feed, "EXISTS (SELECT FROM (" + rows + ") AS it WHERE " + feed.touched() + ")"));
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
     * the same ones is found, and waited for, by whoever changes one of them.
     */
    private static Stream<String> meetings(Feed feed) {
        return feed.feeders().entrySet().stream().map(feeder ->
                """
                        IF TG_OP = 'INSERT' THEN
                        %s
                        ELSIF TG_OP = 'UPDATE' THEN
                        %s
                        END IF;""".formatted(held(feeder, "SELECT * FROM turnout_new"), held(feeder, moved(feed, feeder.getValue()))));
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
