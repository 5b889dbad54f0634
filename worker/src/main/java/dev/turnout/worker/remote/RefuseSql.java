package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The text of the triggers that refuse what applications must not write on one side, with words that say where to. What the
 * engine itself writes passes. Immutable.
 *
 * @param number tells the triggers of a run apart
 */
record RefuseSql(Dialect dialect, long run, int number, TableName table, Rule rule) implements TableTriggers {
    /** What a MySQL server keeps of a message. */
    private static final int LONGEST_MESSAGE = 128;

    sealed interface Rule {
        /** The other side has the authority, or takes it now: the write is to be tried again. */
        record Closed() implements Rule {}

        /**
         * The move has no way back: its rows are the old side's until the contract.
         *
         * @param only columns to the constants by which a row is the move's; none: every row is
         */
        record ReadOnly(Map<String, String> only) implements Rule {}

        /** No down reads these columns, so a change of them would not reach the old side. */
        record Held(Map<String, ColumnType> columns) implements Rule {}
    }

    private String suffix() {
        return rule instanceof Rule.Held ? "hold" : "refuse";
    }

    private String function() {
        return "turnout." + quote(suffix() + "_" + run + "_" + number);
    }

    private String trigger(String event) {
        return "zzz_turnout_" + run + "_" + number + "_" + suffix() + (event.isEmpty() ? "" : "_" + event);
    }

    private List<String> events() {
        if (rule instanceof Rule.Held) {
            return List.of("update");
        }
        return dialect.mysql() ? List.of("insert", "update", "delete") : List.of("", "truncate");
    }

    @Override
    public List<String> triggers() {
        return events().stream().map(this::trigger).toList();
    }

    @Override
    public List<String> drop() {
        List<String> statements = new ArrayList<>();
        if (dialect.mysql()) {
            String schema = table.schema().map(name -> quote(name) + ".").orElse("");
            triggers().forEach(name -> statements.add("DROP TRIGGER IF EXISTS " + schema + quote(name)));
            return statements;
        }
        triggers()
                .forEach(
                        name -> statements.add("DROP TRIGGER IF EXISTS " + quote(name) + " ON " + Route.quoted(table)));
        statements.add("DROP FUNCTION IF EXISTS " + function() + "()");
        return statements;
    }

    /** As {@link #drop}, under whatever name the table stands by now, if it does. */
    List<String> dropAnywhere() {
        return dialect.mysql() ? drop() : List.of("DROP FUNCTION IF EXISTS " + function() + "() CASCADE");
    }

    @Override
    public List<String> create() {
        return dialect.mysql() ? createMySql() : createPostgreSql();
    }

    private List<String> createPostgreSql() {
        String on = Route.quoted(table);
        List<String> statements = new ArrayList<>();
        statements.add("CREATE OR REPLACE FUNCTION " + function() + "() RETURNS trigger LANGUAGE plpgsql"
                + " SET search_path = pg_catalog, pg_temp AS $turnout$\nBEGIN\nIF " + conditionPostgreSql()
                + " THEN\n  RAISE EXCEPTION USING ERRCODE = " + dialect.literal(state()) + ", MESSAGE = "
                + dialect.literal(words()) + ", HINT = " + dialect.literal(hint()) + ";\nEND IF;\n"
                + "IF TG_OP = 'DELETE' THEN\n  RETURN OLD;\nEND IF;\nRETURN NEW;\nEND\n$turnout$");
        for (String event : events()) {
            statements.add("CREATE TRIGGER " + quote(trigger(event)) + " BEFORE "
                    + switch (event) {
                        case "" -> "INSERT OR UPDATE OR DELETE ON " + on + " FOR EACH ROW";
                        case "truncate" -> "TRUNCATE ON " + on + " FOR EACH STATEMENT";
                        default -> "UPDATE ON " + on + " FOR EACH ROW";
                    }
                    + " WHEN (coalesce(current_setting('" + Unseen.POSTGRESQL + "', true), '') = '')"
                    + " EXECUTE FUNCTION " + function() + "()");
            // Also for a session that plays a replica.
            statements.add("ALTER TABLE " + on + " ENABLE ALWAYS TRIGGER " + quote(trigger(event)));
        }
        return statements;
    }

    private String conditionPostgreSql() {
        if (rule instanceof Rule.Held held) {
            return held.columns().entrySet().stream()
                    .map(column -> column.getValue().read("OLD." + quote(column.getKey())) + " IS DISTINCT FROM "
                            + column.getValue().read("NEW." + quote(column.getKey())))
                    .collect(joining(" OR "));
        }
        if (rule instanceof Rule.ReadOnly readOnly && !readOnly.only().isEmpty()) {
            return "TG_OP = 'TRUNCATE' OR (TG_OP <> 'INSERT' AND " + isOfMove("OLD", readOnly.only())
                    + ") OR (TG_OP <> 'DELETE' AND " + isOfMove("NEW", readOnly.only()) + ")";
        }
        return "true";
    }

    private static String isOfMove(String row, Map<String, String> only) {
        return only.entrySet().stream()
                .map(column ->
                        "coalesce(" + row + "." + quote(column.getKey()) + " = " + column.getValue() + ", false)")
                .collect(joining(" AND "));
    }

    private List<String> createMySql() {
        List<String> statements = new ArrayList<>();
        String schema = table.schema().map(name -> quote(name) + ".").orElse("");
        for (String event : events()) {
            statements.add("CREATE TRIGGER " + schema + quote(trigger(event)) + " BEFORE " + event + " ON "
                    + Route.quoted(table) + " FOR EACH ROW BEGIN IF " + Unseen.MYSQL + " IS NULL AND ("
                    + conditionMySql(event) + ") THEN SIGNAL SQLSTATE '" + state() + "' SET MYSQL_ERRNO = "
                    + (rule instanceof Rule.Closed ? 1213 : 1644) + ", MESSAGE_TEXT = "
                    + dialect.literal(words().substring(0, Math.min(LONGEST_MESSAGE, words().length())))
                    + "; END IF; END");
        }
        return statements;
    }

    private String conditionMySql(String event) {
        if (rule instanceof Rule.Held held) {
            return held.columns().entrySet().stream()
                    .map(column -> "NOT (BINARY " + column.getValue().read("OLD." + quote(column.getKey()))
                            + " <=> BINARY " + column.getValue().read("NEW." + quote(column.getKey())) + ")")
                    .collect(joining(" OR "));
        }
        if (rule instanceof Rule.ReadOnly readOnly && !readOnly.only().isEmpty()) {
            List<String> rows = new ArrayList<>();
            if (!event.equals("insert")) {
                rows.add(isOfMove("OLD", readOnly.only()));
            }
            if (!event.equals("delete")) {
                rows.add(isOfMove("NEW", readOnly.only()));
            }
            return "(" + String.join(") OR (", rows) + ")";
        }
        return "TRUE";
    }

    /** Only what a repetition can cure is said to be a serialization failure. */
    private String state() {
        return rule instanceof Rule.Closed ? "40001" : dialect.mysql() ? "45000" : "P0001";
    }

    private String words() {
        if (rule instanceof Rule.Held held) {
            return String.join(", ", held.columns().keySet()) + " of " + table
                    + ": written on the old side until the contract; no 'down' leads back";
        }
        return rule instanceof Rule.ReadOnly
                ? table + " is written on the old side until the contract: its move has no 'down'"
                : "writes to " + table
                        + " are closed: the other side of a migration has the authority, or takes it now";
    }

    private String hint() {
        return rule instanceof Rule.Closed
                ? "try again: on the other side when it does not pass"
                : "write it on the old side; it is carried over";
    }
}
