package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Dialect;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** {@link ReturnSql} for MySQL: a procedure for one key. Immutable. */
record MySqlReturnSql(MySqlCarrySql carry) {
    private TransferSql sql() {
        return carry.sql();
    }

    private List<String> downs() {
        return List.copyOf(sql().transfer().down().keySet());
    }

    private Move.Down down(String column) {
        return Objects.requireNonNull(sql().transfer().down().get(column));
    }

    private String flag(String column) {
        return "turnout_f" + downs().indexOf(column);
    }

    private String value(String column) {
        return "turnout_d" + downs().indexOf(column);
    }

    MySqlCarrySql.Procedure procedure() {
        return new MySqlCarrySql.Procedure(carry.backName(), carry.parameters(), body());
    }

    private String body() {
        return """
                BEGIN
                DECLARE turnout_guard TEXT DEFAULT coalesce(%1$s, '');
                DECLARE turnout_errno INT;
                DECLARE turnout_message TEXT;
                %2$s
                %3$s
                DECLARE EXIT HANDLER FOR %4$s
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_errno = MYSQL_ERRNO, turnout_message = MESSAGE_TEXT;
                SET %1$s = turnout_guard;
                IF turnout_errno IN %5$s OR turnout_errno = 1644 THEN RESIGNAL; END IF;
                SET turnout_message = left(concat(%6$s, turnout_message), %7$d);
                SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = turnout_message;
                END;
                %8$s
                %9$s
                IF NOT EXISTS (SELECT 1 FROM %10$s AS new WHERE %11$s%16$s) THEN
                DELETE old FROM %12$s AS old WHERE %13$s AND %14$s;
                ELSE
                %15$s
                END IF;
                SET %1$s = turnout_guard;
                END""".formatted(
                        MySqlCarrySql.GUARD,
                        carry.declaredAs(),
                        downs().stream()
                                .map(column -> "DECLARE " + flag(column) + " BOOLEAN;\nDECLARE " + value(column) + " "
                                        + sql().sourceColumn(column).type() + ";")
                                .collect(joining("\n")),
                        MySqlCarrySql.ANY_ERROR,
                        MySqlCarrySql.NOT_THE_ROW,
                        Dialect.MYSQL.literal(complaint() + ": "),
                        MySqlBackSql.MESSAGE,
                        carry.setAs(),
                        MySqlCarrySql.guard(carry.down()),
                        sql().into(),
                        carry.found(),
                        sql().from(),
                        carry.chosen(),
                        sql().where(),
                        write(),
                        MySqlCarrySql.LOCKED);
    }

    private String write() {
        return """
                %1$s
                SELECT %2$s
                  INTO %3$s
                  FROM %4$s AS new WHERE %5$s%14$s;
                %6$s
                UPDATE %7$s AS old SET %8$s WHERE %9$s AND (%10$s);
                IF NOT EXISTS (SELECT 1 FROM %7$s AS old WHERE %9$s%14$s) THEN
                INSERT INTO %7$s (%11$s) VALUES (%12$s);
                END IF;
                %13$s""".formatted(
                        judge(),
                        downs().stream().map(this::derived).collect(joining(",\n       ")),
                        downs().stream().map(this::value).collect(joining(", ")),
                        sql().into(),
                        carry.found(),
                        downs().stream()
                                .filter(column -> sql().sourceColumn(column).notNull())
                                .map(this::refusal)
                                .collect(joining("\n")),
                        sql().from(),
                        downs().stream()
                                .map(column -> "old.%1$s = CASE WHEN %2$s THEN %3$s ELSE old.%1$s END"
                                        .formatted(quote(column), flag(column), value(column)))
                                .collect(joining(", ")),
                        carry.chosen(),
                        downs().stream().map(this::flag).collect(joining(" OR ")),
                        quoteAll(Stream.concat(sql().transfer().key().stream(), downs().stream())
                                .toList()),
                        Stream.concat(carry.keys().stream(), downs().stream().map(this::value))
                                .collect(joining(", ")),
                        sql().transfer().where().isEmpty() ? "" : counterpart(),
                        MySqlCarrySql.LOCKED);
    }

    /** As in {@link ReturnSql}: an up that fails says nothing, and where there is no old row there is nothing to keep. */
    private String judge() {
        return """
                BEGIN
                DECLARE turnout_judged INT;
                DECLARE EXIT HANDLER FOR %1$s
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_judged = MYSQL_ERRNO;
                IF turnout_judged IN %2$s THEN RESIGNAL; END IF;
                END;
                SELECT %3$s
                  INTO %4$s
                  FROM %5$s AS new JOIN (%6$s%9$s) AS wanted WHERE %7$s%9$s;
                END;
                %8$s""".formatted(
                        MySqlCarrySql.ANY_ERROR,
                        MySqlCarrySql.NOT_THE_ROW,
                        downs().stream().map(this::disagrees).collect(joining(",\n       ")),
                        downs().stream().map(this::flag).collect(joining(", ")),
                        sql().into(),
                        sql().wanted(carry.chosen()),
                        carry.found(),
                        downs().stream()
                                .map(column -> "SET " + flag(column) + " = coalesce(" + flag(column) + ", TRUE);")
                                .collect(joining("\n")),
                        MySqlCarrySql.LOCKED);
    }

    /** A column that no up of its own new columns reads is derived whenever the rows differ at all. */
    private String disagrees(String column) {
        List<String> mirrored = new ReturnSql.Mirror(sql().transfer()).of(column);
        return mirrored.isEmpty()
                ? sql().differs("new", "wanted")
                : mirrored.stream()
                        .map(up -> "(" + sql().differs(up, "new", "wanted") + ")")
                        .collect(joining(" OR "));
    }

    private String derived(String column) {
        String from = "(" + down(column).from() + ")";
        String value = down(column)
                .otherwise()
                .map(otherwise -> "coalesce(" + from + ", (" + otherwise + "))")
                .orElse(from);
        return "CASE WHEN " + flag(column) + " THEN " + value + " END";
    }

    private String refusal(String column) {
        return "IF " + flag(column) + " AND " + value(column) + " IS NULL THEN\n"
                + MySqlBackSql.signal(complaint() + " in " + column + ", which must not be NULL") + "\nEND IF;";
    }

    /** A row of the new table whose old one would have none is a row that only the new side can see. */
    private String counterpart() {
        return "IF NOT " + carry.wanted() + " THEN\n"
                + MySqlBackSql.signal("the old row of " + sql().transfer().from() + " is none that the move "
                        + sql().transfer().name() + " takes over")
                + "\nEND IF;";
    }

    private String complaint() {
        return "no old value for this row of " + sql().transfer().into();
    }
}
