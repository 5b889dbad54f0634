package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.SqlText;
import dev.turnout.migration.Subqueries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The bodies of the triggers of one table of the old side on MySQL, for every transfer that the table feeds: per row, first
 * the rows go that must not stand any more, in the reverse order of the spec, then come those that must, in its order.
 * Immutable.
 */
record MySqlFeedSql(List<Feed> feeds) {
    /** What the row of the old table is called where {@code OLD} is the one that was changed. */
    private static final String ROW = "turnout_row";

    /**
     * The condition of the operator may raise, as {@code up} may. Then it is asked row by row, and one on which it raises
     * counts as touched: what is lost otherwise is a change.
     */
    private static final String RAISED = """
            DECLARE EXIT HANDLER FOR %s
            BEGIN
            DECLARE turnout_errno INT;
            GET DIAGNOSTICS CONDITION 1 turnout_errno = MYSQL_ERRNO;
            IF turnout_errno IN %s THEN RESIGNAL; END IF;
            SET turnout_raised = TRUE;
            END;""".formatted(MySqlCarrySql.ANY_ERROR, MySqlCarrySql.NOT_THE_ROW);

    /** @param touched the condition that finds the rows {@code old} of a changed row {@code it}; empty: the transfer's own */
    record Feed(MySqlCarrySql carry, String touched) {
        boolean own() {
            return touched.isEmpty();
        }
    }

    /** By event: INSERT, UPDATE, DELETE. */
    Map<String, String> bodies() {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("INSERT", body(feed -> "", feed -> written(feed, "NEW"), feed -> touched(feed, List.of("NEW"))));
        bodies.put(
                "UPDATE",
                body(
                        MySqlFeedSql::rekeyed,
                        feed -> written(feed, "NEW"),
                        feed -> touched(feed, List.of("OLD", "NEW"))));
        bodies.put("DELETE", body(feed -> removed(feed, "OLD"), feed -> "", feed -> touched(feed, List.of("OLD"))));
        return bodies;
    }

    private String body(Function<Feed, String> remove, Function<Feed, String> write, Function<Feed, Touch> touch) {
        List<Feed> backwards = new ArrayList<>(feeds);
        Collections.reverse(backwards);
        String work = backwards.stream()
                        .map(feed -> feed.own()
                                ? unguarded(feed, remove.apply(feed))
                                : touch.apply(feed).removing())
                        .filter(text -> !text.isEmpty())
                        .collect(joining("\n"))
                + "\n"
                + feeds.stream()
                        .map(feed -> feed.own()
                                ? unguarded(feed, write.apply(feed))
                                : touch.apply(feed).writing())
                        .filter(text -> !text.isEmpty())
                        .collect(joining("\n"));
        return "BEGIN\n" + work + "\nEND";
    }

    /** A write that comes from the new side does not go back there. */
    private static String unguarded(Feed feed, String work) {
        return work.isEmpty()
                ? ""
                : "IF NOT " + MySqlCarrySql.guarded(feed.carry().down()) + " THEN\n" + work + "\nEND IF;";
    }

    private static String written(Feed feed, String row) {
        return call(feed, feed.carry().writeName(), key(feed, row));
    }

    private static String removed(Feed feed, String row) {
        return call(feed, feed.carry().removeName(), key(feed, row));
    }

    private static String rekeyed(Feed feed) {
        String same = feed.carry().sql().transfer().key().stream()
                .map(column -> "OLD." + quote(column) + " <=> NEW." + quote(column))
                .collect(joining(" AND "));
        String old = "IF NOT (" + same + ") THEN " + removed(feed, "OLD") + " END IF;";
        return feed.carry().sql().transfer().where().isEmpty() ? old : old + "\n" + removed(feed, "NEW");
    }

    private static String key(Feed feed, String row) {
        return feed.carry().sql().transfer().key().stream()
                .map(column -> row + "." + quote(column))
                .collect(joining(", "));
    }

    private static String call(Feed feed, String procedure, String key) {
        return "CALL " + feed.carry().called(procedure) + "(" + key + ");";
    }

    private record Touch(String removing, String writing) {}

    private static Touch touched(Feed feed, List<String> rows) {
        boolean removes = feed.carry().sql().transfer().where().isPresent();
        return new Touch(
                removes
                        ? rows.stream()
                                .map(row -> loop(feed, row, rows, feed.carry().removeName()))
                                .collect(joining("\n"))
                        : "",
                rows.stream()
                        .map(row -> loop(feed, row, rows, feed.carry().writeName()))
                        .collect(joining("\n")));
    }

    private static String loop(Feed feed, String row, List<String> rows, String procedure) {
        TransferSql sql = feed.carry().sql();
        List<String> keys = feed.carry().keys();
        String which = SqlText.renamed(
                SqlText.renamed(Subqueries.locked(feed.touched(), MySqlCarrySql.LOCKED), "old", ROW), "it", row);
        String loop = """
                BEGIN
                %1$s
                DECLARE turnout_done BOOLEAN DEFAULT FALSE;
                DECLARE turnout_raised BOOLEAN DEFAULT FALSE;
                DECLARE turnout_touched BOOLEAN DEFAULT TRUE;
                DECLARE turnout_rows CURSOR FOR SELECT %2$s FROM %3$s AS %4$s WHERE %5$s ORDER BY %6$s%9$s;
                DECLARE turnout_all CURSOR FOR SELECT %2$s FROM %3$s AS %4$s ORDER BY %6$s%9$s;
                DECLARE CONTINUE HANDLER FOR NOT FOUND SET turnout_done = TRUE;
                BEGIN
                %10$s
                OPEN turnout_rows;
                END;
                IF turnout_raised THEN OPEN turnout_all; END IF;
                turnout_each: LOOP
                SET turnout_done = FALSE;
                IF turnout_raised THEN FETCH turnout_all INTO %7$s; ELSE FETCH turnout_rows INTO %7$s; END IF;
                IF turnout_done THEN LEAVE turnout_each; END IF;
                IF turnout_raised THEN
                SET turnout_touched = TRUE;
                BEGIN
                %10$s
                SELECT count(*) > 0 INTO turnout_touched FROM %3$s AS %4$s WHERE %11$s AND %5$s%9$s;
                END;
                END IF;
                IF turnout_touched THEN %8$s END IF;
                END LOOP;
                IF turnout_raised THEN CLOSE turnout_all; ELSE CLOSE turnout_rows; END IF;
                END;""".formatted(
                        sql.transfer().key().stream()
                                .map(column -> "DECLARE turnout_k"
                                        + sql.transfer().key().indexOf(column) + " "
                                        + sql.sourceColumn(column).type() + ";")
                                .collect(joining("\n")),
                        sql.transfer().key().stream()
                                .map(column -> ROW + "." + quote(column))
                                .collect(joining(", ")),
                        sql.from(),
                        ROW,
                        "(" + which + ")",
                        IntStream.rangeClosed(1, keys.size())
                                .mapToObj(Integer::toString)
                                .collect(joining(", ")),
                        String.join(", ", keys),
                        call(feed, procedure, String.join(", ", keys)),
                        MySqlCarrySql.LOCKED,
                        RAISED,
                        SqlText.renamed(feed.carry().chosen(), "old", ROW));
        return row.equals("OLD") && rows.contains("NEW")
                ? "IF NOT (" + unmoved(feed) + ") THEN\n" + loop + "\nEND IF;"
                : loop;
    }

    /** True when the change cannot have moved the row from one that it feeds to another one. */
    private static String unmoved(Feed feed) {
        return SqlText.columns(feed.touched(), "it").stream()
                .map(column -> " AND OLD." + quote(column) + " <=> NEW." + quote(column))
                .collect(joining("", "TRUE", ""));
    }
}
