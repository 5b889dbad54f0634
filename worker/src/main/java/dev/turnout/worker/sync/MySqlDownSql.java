package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.sync.MySqlTriggerSql.overNew;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Dialect;
import java.util.List;
import java.util.stream.Stream;

/**
 * The part of a sync trigger of MySQL that brings the old columns up with the new ones. Immutable.
 *
 * @param longest characters of a message
 */
record MySqlDownSql(Links links, int longest) {
    /** The variable that says: this old column is to be derived. */
    private String flag(String column) {
        return "turnout_d" + links.downs().indexOf(column);
    }

    private String value(String column) {
        return "turnout_down" + links.downs().indexOf(column);
    }

    Stream<String> flags() {
        return links.downs().stream().map(this::flag);
    }

    Stream<String> values() {
        return links.downs().stream()
                .map(column ->
                        "DECLARE " + value(column) + " " + links.column(column).type() + ";");
    }

    /**
     * A row with a new column set comes from the new application, which knows nothing of the old columns. Where new columns
     * were there before, that tells nothing: what the statement wrote stays.
     */
    String onInsert() {
        String fromNew = links.ups().stream().map(MySqlDownSql::present).collect(joining(" OR "));
        return links.downs().stream()
                .map(column -> "SET %s = (%s) AND (%s);"
                        .formatted(
                                flag(column),
                                fromNew,
                                Stream.concat(
                                                Stream.of("NEW." + quote(column) + " IS NULL"),
                                                inPlace()
                                                        ? Stream.of()
                                                        : links.newSide(column).stream()
                                                                .map(MySqlDownSql::present))
                                        .collect(joining(" OR "))))
                .collect(joining("\n"));
    }

    private boolean inPlace() {
        return links.move().scope().settles();
    }

    private static String present(String column) {
        return "NEW." + quote(column) + " IS NOT NULL";
    }

    String onUpdate() {
        return links.downs().stream()
                .map(column -> "SET " + flag(column) + " = " + links.changed(links.newSide(column))
                        + (inPlace() ? " AND NOT (" + links.column(column).differs("NEW", "OLD") + ")" : "") + ";")
                .collect(joining("\n"));
    }

    /** Signals anew: to RESIGNAL what was a warning by its class, made an error by the strict mode, keeps its own message. */
    String derive() {
        if (links.downs().isEmpty()) {
            return "";
        }
        return """
                IF %s THEN
                %s
                BEGIN
                DECLARE turnout_message TEXT;
                DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1265
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_message = MESSAGE_TEXT;
                SET turnout_message = left(concat(%s, turnout_message), %d);
                SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = turnout_message;
                END;
                %s
                %s
                END;
                %s
                END IF;""".formatted(
                        flags().collect(joining(" OR ")),
                        keepWhatAgrees(),
                        Dialect.MYSQL.literal(
                                "no old value for new ones of " + links.move().table() + ": "),
                        longest,
                        links.downs().stream()
                                .map(column -> "IF " + flag(column) + " THEN SET " + value(column) + " = "
                                        + derived(column) + "; END IF;")
                                .collect(joining("\n")),
                        links.downs().stream()
                                .map(column -> "IF " + flag(column) + " THEN SET NEW." + quote(column) + " = "
                                        + value(column) + "; END IF;")
                                .collect(joining("\n")),
                        links.downs().stream()
                                .filter(column -> links.column(column).notNull())
                                .map(this::refusal)
                                .collect(joining("\n")));
    }

    /** As in {@link DownSql}: where up gives the new value from the old one as it stands, the old one stays. */
    private String keepWhatAgrees() {
        List<String> judged = links.downs().stream()
                .filter(column -> !inPlace() && !links.mirrored(column).isEmpty())
                .toList();
        if (judged.isEmpty()) {
            return "";
        }
        return """
                BEGIN
                DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1265 BEGIN END;
                %s
                END;""".formatted(judged.stream().map(this::disagrees).collect(joining("\n")));
    }

    private String disagrees(String column) {
        return "SET %1$s = CASE WHEN %1$s THEN NEW.%2$s IS NULL OR %3$s ELSE FALSE END;"
                .formatted(
                        flag(column),
                        quote(column),
                        links.mirrored(column).stream()
                                .map(up -> links.column(up)
                                        .column()
                                        .differs("NEW." + quote(up), "(" + overNew(links.up(up)) + ")"))
                                .collect(joining(" OR ")));
    }

    private String derived(String column) {
        Move.Down down = links.down(column);
        String from = "(" + overNew(down.from()) + ")";
        return down.otherwise()
                .map(otherwise -> "coalesce(" + from + ", (" + overNew(otherwise) + "))")
                .orElse(from);
    }

    private String refusal(String column) {
        String message = "no old value for new ones of " + links.move().table() + ": " + column + " must not be NULL";
        return """
                IF %s AND NEW.%s IS NULL THEN
                SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1048, MESSAGE_TEXT = %s;
                END IF;""".formatted(
                        flag(column),
                        quote(column),
                        Dialect.MYSQL.literal(message.substring(0, Math.min(longest, message.length()))));
    }
}
