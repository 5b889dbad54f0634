package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The text of the triggers on one table of one move: those that name its changed rows in the changelog, and those that refuse
 * a write while the other side has the authority. What the engine itself writes passes both unseen. Immutable.
 *
 * @param number tells the triggers of a run apart; a name of ours must not be as long as a table's may be
 * @param ofTable empty: the move's own table; otherwise the table that touches it
 * @param columns what is written down of a row, by name
 * @param only columns to the constants by which a row concerns the move
 */
record ChangelogSql(
        Dialect dialect,
        long run,
        int number,
        String move,
        TableName table,
        String ofTable,
        Map<String, ColumnType> columns,
        Map<String, String> only) {

    enum Purpose {
        NAME,
        REFUSE
    }

    /** What {@link Unseen} sets: PostgreSQL a setting of the transaction, MySQL a variable of the session. */
    static final String UNSEEN_POSTGRESQL = "turnout.unseen";

    static final String UNSEEN_MYSQL = "@turnout_unseen";

    /** A JSON array of texts, as text. */
    static String array(Dialect dialect, List<String> texts) {
        String array = dialect.jsonArray(texts);
        return dialect.mysql() ? "CAST(" + array + " AS CHAR)" : array + "::text";
    }

    String function(Purpose purpose) {
        return "turnout." + quote(purpose.name().toLowerCase(Locale.ROOT) + "_" + run + "_" + number);
    }

    private String trigger(Purpose purpose, String event) {
        return "zzz_turnout_" + run + "_" + number + "_" + purpose.name().toLowerCase(Locale.ROOT)
                + (event.isEmpty() ? "" : "_" + event.toLowerCase(Locale.ROOT));
    }

    /** The names of the triggers that {@link #create} makes. */
    List<String> triggers(Purpose purpose) {
        List<String> events = dialect.mysql() ? List.of("INSERT", "UPDATE", "DELETE") : List.of("", "TRUNCATE");
        return events.stream().map(event -> trigger(purpose, event)).toList();
    }

    /** Statements, each to be run by itself. */
    List<String> create(Purpose purpose) {
        return dialect.mysql() ? createMySql(purpose) : createPostgreSql(purpose);
    }

    List<String> drop(Purpose purpose) {
        if (dialect.mysql()) {
            String schema = table.schema().map(name -> quote(name) + ".").orElse("");
            return triggers(purpose).stream()
                    .map(name -> "DROP TRIGGER IF EXISTS " + schema + quote(name))
                    .toList();
        }
        List<String> statements = new ArrayList<>();
        triggers(purpose)
                .forEach(
                        name -> statements.add("DROP TRIGGER IF EXISTS " + quote(name) + " ON " + Route.quoted(table)));
        statements.add("DROP FUNCTION IF EXISTS " + function(purpose) + "()");
        return statements;
    }

    private List<String> createPostgreSql(Purpose purpose) {
        String on = Route.quoted(table);
        String row = quote(trigger(purpose, ""));
        String truncate = quote(trigger(purpose, "TRUNCATE"));
        String when = " WHEN (current_setting('" + UNSEEN_POSTGRESQL
                + "', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION " + function(purpose) + "()";
        String time = purpose == Purpose.NAME ? " AFTER " : " BEFORE ";
        return List.of(
                "CREATE OR REPLACE FUNCTION " + function(purpose)
                        + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                        + " SET search_path = pg_catalog, pg_temp AS $turnout$\n"
                        + (purpose == Purpose.NAME ? nameBody() : refuseBody()) + "$turnout$",
                "REVOKE ALL ON FUNCTION " + function(purpose) + "() FROM PUBLIC",
                "CREATE TRIGGER " + row + time + "INSERT OR UPDATE OR DELETE ON " + on + " FOR EACH ROW" + when,
                "CREATE TRIGGER " + truncate + time + "TRUNCATE ON " + on + " FOR EACH STATEMENT" + when,
                // Also for a session that plays a replica.
                "ALTER TABLE " + on + " ENABLE ALWAYS TRIGGER " + row + ", ENABLE ALWAYS TRIGGER " + truncate);
    }

    private String nameBody() {
        return """
                BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                  INSERT INTO turnout.changelog (run, move, of_table) VALUES (%1$s);
                  RETURN NULL;
                END IF;
                IF TG_OP = 'UPDATE' AND NOT (OLD OPERATOR(pg_catalog.*<>) NEW) THEN
                  RETURN NULL;
                END IF;
                IF TG_OP <> 'INSERT' AND %2$s THEN
                  INSERT INTO turnout.changelog (run, move, of_table, key) VALUES (%1$s, %3$s);
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (%6$s)) THEN
                  IF %4$s THEN
                    INSERT INTO turnout.changelog (run, move, of_table, key) VALUES (%1$s, %5$s);
                  END IF;
                END IF;
                RETURN NULL;
                END
                """.formatted(where(), concerns("OLD"), key("OLD"), concerns("NEW"), key("NEW"), newName());
    }

    /** An UPDATE names the row by its old columns; again by its new ones when those are others. */
    private String newName() {
        List<String> changes = new ArrayList<>();
        columns.forEach((column, type) -> changes.add(
                type.read("OLD." + quote(column)) + " IS DISTINCT FROM " + type.read("NEW." + quote(column))));
        only.forEach((column, constant) ->
                changes.add("OLD." + quote(column) + "::text IS DISTINCT FROM NEW." + quote(column) + "::text"));
        return changes.isEmpty() ? "false" : String.join(" OR ", changes);
    }

    private String refuseBody() {
        return "BEGIN\n  RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = " + dialect.literal(refusal())
                + ", HINT = 'try again: on the other side when it does not pass';\nEND\n";
    }

    private String refusal() {
        return "writes to " + table + " are closed: the other side of a migration has the authority, or takes it now";
    }

    private String where() {
        return run + ", " + dialect.literal(move) + ", " + dialect.literal(ofTable);
    }

    private String key(String row) {
        return array(
                dialect,
                columns.entrySet().stream()
                        .map(column -> column.getValue().read(row + "." + quote(column.getKey())))
                        .toList());
    }

    private String concerns(String row) {
        return only.isEmpty()
                ? "true"
                : only.entrySet().stream()
                        .map(column -> "coalesce(" + row + "." + quote(column.getKey()) + " = " + column.getValue()
                                + ", false)")
                        .collect(joining(" AND "));
    }

    private List<String> createMySql(Purpose purpose) {
        List<String> statements = new ArrayList<>();
        for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
            String schema = table.schema().map(name -> quote(name) + ".").orElse("");
            statements.add("CREATE TRIGGER " + schema + quote(trigger(purpose, event))
                    + (purpose == Purpose.NAME ? " AFTER " : " BEFORE ") + event + " ON " + Route.quoted(table)
                    + " FOR EACH ROW BEGIN IF " + UNSEEN_MYSQL + " IS NULL THEN "
                    + (purpose == Purpose.NAME ? nameMySql(event) : refuseMySql()) + " END IF; END");
        }
        return statements;
    }

    private String nameMySql(String event) {
        Optional<String> old = event.equals("INSERT") ? Optional.empty() : Optional.of(insert("OLD"));
        Optional<String> fresh = event.equals("DELETE") ? Optional.empty() : Optional.of(insert("NEW"));
        if (old.isEmpty() || fresh.isEmpty()) {
            return old.or(() -> fresh).orElseThrow();
        }
        List<String> same = new ArrayList<>();
        columns.forEach((column, type) -> same.add(
                "BINARY " + type.read("OLD." + quote(column)) + " <=> BINARY " + type.read("NEW." + quote(column))));
        only.keySet().forEach(column -> same.add("OLD." + quote(column) + " <=> NEW." + quote(column)));
        return old.get() + " IF NOT (" + String.join(" AND ", same) + ") THEN " + fresh.get() + " END IF;";
    }

    private String insert(String row) {
        String insert = "INSERT INTO turnout.changelog (run, move, of_table, \"key\") VALUES (" + where() + ", "
                + key(row) + ");";
        return only.isEmpty() ? insert : "IF " + concerns(row) + " THEN " + insert + " END IF;";
    }

    private String refuseMySql() {
        String words = refusal();
        // What a server keeps of a message.
        return "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = "
                + dialect.literal(words.substring(0, Math.min(128, words.length()))) + ";";
    }
}
