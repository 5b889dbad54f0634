package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The text of the triggers on one table of one move that name its changed rows in the changelog. What the engine itself has
 * carried for the move passes unseen on the move's own table. Immutable.
 *
 * @param number tells the triggers of a run apart; a name of ours must not be as long as a table's may be
 * @param ofTable empty: the move's own table; otherwise the table that touches it
 * @param columns what is written down of a row, by name
 * @param only columns to the constants by which a row concerns the move
 * @param watched of the move's own table: columns whose change is written down as well, of a new row too; of a table that
 *     touches it: a row in which none of them changes is none that has changed
 */
record ChangelogSql(
        Dialect dialect,
        long run,
        int number,
        String move,
        TableName table,
        String ofTable,
        Map<String, ColumnType> columns,
        Map<String, String> only,
        Map<String, ColumnType> watched)
        implements TableTriggers {

    /** A JSON array of texts, as text. */
    static String array(Dialect dialect, List<String> texts) {
        String array = dialect.jsonArray(texts);
        return dialect.mysql() ? "CAST(" + array + " AS CHAR)" : array + "::text";
    }

    String function() {
        return "turnout." + quote("name_" + run + "_" + number);
    }

    private String trigger(String event) {
        return "zzz_turnout_" + run + "_" + number + "_name"
                + (event.isEmpty() ? "" : "_" + event.toLowerCase(Locale.ROOT));
    }

    @Override
    public List<String> triggers() {
        List<String> events = dialect.mysql() ? List.of("INSERT", "UPDATE", "DELETE") : List.of("", "TRUNCATE");
        return events.stream().map(this::trigger).toList();
    }

    @Override
    public List<String> create() {
        return dialect.mysql() ? createMySql() : createPostgreSql();
    }

    @Override
    public List<String> drop() {
        if (dialect.mysql()) {
            String schema = table.schema().map(name -> quote(name) + ".").orElse("");
            return triggers().stream()
                    .map(name -> "DROP TRIGGER IF EXISTS " + schema + quote(name))
                    .toList();
        }
        List<String> statements = new ArrayList<>();
        triggers()
                .forEach(
                        name -> statements.add("DROP TRIGGER IF EXISTS " + quote(name) + " ON " + Route.quoted(table)));
        statements.add("DROP FUNCTION IF EXISTS " + function() + "()");
        return statements;
    }

    private List<String> createPostgreSql() {
        String on = Route.quoted(table);
        String row = quote(trigger(""));
        String truncate = quote(trigger("TRUNCATE"));
        String when = ofTable.isEmpty()
                ? " WHEN (current_setting('" + Unseen.POSTGRESQL + "', true) IS DISTINCT FROM " + dialect.literal(move)
                        + ")"
                : "";
        String then = when + " EXECUTE FUNCTION " + function() + "()";
        return List.of(
                "CREATE OR REPLACE FUNCTION " + function() + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                        + " SET search_path = pg_catalog, pg_temp AS $turnout$\n" + nameBody() + "$turnout$",
                "REVOKE ALL ON FUNCTION " + function() + "() FROM PUBLIC",
                "CREATE TRIGGER " + row + " AFTER INSERT OR UPDATE OR DELETE ON " + on + " FOR EACH ROW" + then,
                "CREATE TRIGGER " + truncate + " AFTER TRUNCATE ON " + on + " FOR EACH STATEMENT" + then,
                // Also for a session that plays a replica.
                "ALTER TABLE " + on + " ENABLE ALWAYS TRIGGER " + row + ", ENABLE ALWAYS TRIGGER " + truncate);
    }

    private String nameBody() {
        return """
                DECLARE
                  fed_by_other smallint := 0;
                BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                  INSERT INTO turnout.changelog (run, move, of_table) VALUES (%1$s);
                  RETURN NULL;
                END IF;
                IF TG_OP = 'UPDATE' AND NOT (OLD OPERATOR(pg_catalog.*<>) NEW) THEN
                  RETURN NULL;
                END IF;
                %7$s
                IF TG_OP <> 'INSERT' AND %2$s THEN
                  INSERT INTO turnout.changelog (run, move, of_table, key, fed) VALUES (%1$s, %3$s, fed_by_other);
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (%6$s)) THEN
                  IF %4$s THEN
                    INSERT INTO turnout.changelog (run, move, of_table, key, fed) VALUES (%1$s, %5$s, fed_by_other);
                  END IF;
                END IF;
                RETURN NULL;
                END
                """.formatted(where(), concerns("OLD"), key("OLD"), concerns("NEW"), key("NEW"), newName(), mark());
    }

    private String mark() {
        if (watched.isEmpty() || !ofTable.isEmpty()) {
            return "";
        }
        String changes = watched.entrySet().stream()
                .map(column -> column.getValue().read("OLD." + quote(column.getKey())) + " IS DISTINCT FROM "
                        + column.getValue().read("NEW." + quote(column.getKey())))
                .collect(joining(" OR "));
        return "IF TG_OP = 'INSERT' THEN\n  fed_by_other := 1;\nELSIF TG_OP = 'UPDATE' THEN\n  IF " + changes
                + " THEN\n    fed_by_other := 1;\n  END IF;\nEND IF;";
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

    private List<String> createMySql() {
        List<String> statements = new ArrayList<>();
        String seen = ofTable.isEmpty()
                ? "IF NOT (" + Unseen.MYSQL + " <=> " + dialect.literal(move) + ") THEN %s END IF;"
                : "%s";
        for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
            String schema = table.schema().map(name -> quote(name) + ".").orElse("");
            statements.add("CREATE TRIGGER " + schema + quote(trigger(event)) + " AFTER " + event + " ON "
                    + Route.quoted(table) + " FOR EACH ROW BEGIN " + seen.formatted(nameMySql(event)) + " END");
        }
        return statements;
    }

    private String nameMySql(String event) {
        boolean own = ofTable.isEmpty();
        if (event.equals("INSERT")) {
            return insert("NEW", watched.isEmpty() || !own ? "0" : "1");
        }
        if (event.equals("DELETE")) {
            return insert("OLD", "0");
        }
        List<String> same = new ArrayList<>();
        columns.forEach((column, type) -> same.add(same(column, type)));
        only.keySet().forEach(column -> same.add("OLD." + quote(column) + " <=> NEW." + quote(column)));
        String unchanged = watched.entrySet().stream()
                .map(column -> same(column.getKey(), column.getValue()))
                .collect(joining(" AND "));
        String mark = watched.isEmpty() || !own ? "0" : "NOT (" + unchanged + ")";
        String names = insert("OLD", mark) + " IF NOT (" + String.join(" AND ", same) + ") THEN " + insert("NEW", mark)
                + " END IF;";
        return watched.isEmpty() || own ? names : "IF NOT (" + unchanged + ") THEN " + names + " END IF;";
    }

    private static String same(String column, ColumnType type) {
        return "BINARY " + type.read("OLD." + quote(column)) + " <=> BINARY " + type.read("NEW." + quote(column));
    }

    private String insert(String row, String mark) {
        String insert = "INSERT INTO turnout.changelog (run, move, of_table, \"key\", fed) VALUES (" + where() + ", "
                + key(row) + ", " + mark + ");";
        return only.isEmpty() ? insert : "IF " + concerns(row) + " THEN " + insert + " END IF;";
    }
}
