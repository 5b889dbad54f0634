package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Ddl;
import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A schema in front of the search path with empty copies of the tables that the expand steps mention, so that the steps can
 * be tried out there: nothing but ACCESS SHARE is taken on a live table. It lives in the caller's transaction, which must
 * be rolled back.
 *
 * <p>What a {@code make} step adds is left out of a copy: it may be there already, and is to be made to be looked at.
 */
public final class Scratch {
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")+)\"|(\\w+)");

    private final Connection connection;
    private final String schema;
    private final String pathBefore;
    private final List<ExpandStep> steps;

    private Scratch(Connection connection, String schema, String pathBefore, List<ExpandStep> steps) {
        this.connection = connection;
        this.schema = schema;
        this.pathBefore = pathBefore;
        this.steps = List.copyOf(steps);
    }

    /** @param moreTables to be copied as well */
    public static Scratch open(Connection connection, List<ExpandStep> expand, Collection<String> moreTables)
            throws SQLException {
        List<ExpandStep> steps = new ArrayList<>();
        for (ExpandStep step : expand) {
            if (!(step instanceof ExpandStep.Run) || !Expand.inPlace(connection, step)) {
                steps.add(step);
            }
        }
        String path =
                Sql.value(connection, "SELECT current_setting('search_path')").orElse("");
        String schema = "turnout_scratch_"
                + Sql.value(connection, "SELECT pg_backend_pid()").orElseThrow();
        Scratch scratch = new Scratch(connection, schema, path, steps);
        Sql.run(connection, "CREATE SCHEMA " + quote(schema));
        for (String table : scratch.toCopy(moreTables)) {
            Sql.run(
                    connection,
                    "CREATE TABLE " + quote(schema) + "." + quote(table) + " (LIKE " + quote(table)
                            + " INCLUDING ALL)");
        }
        scratch.leaveOutWhatIsMade();
        Sql.rows(
                connection,
                "SELECT set_config('search_path', concat_ws(', ', ?::text, nullif(?, '')), true)",
                quote(schema),
                path);
        return scratch;
    }

    public String schema() {
        return schema;
    }

    /** Those that have to be tried: every one but a script that is in place. */
    public List<ExpandStep> steps() {
        return steps;
    }

    /** From here on, names are those of the live schema again. */
    void leave() throws SQLException {
        Sql.rows(connection, "SELECT set_config('search_path', ?, true)", pathBefore);
    }

    private Set<String> toCopy(Collection<String> moreTables) throws SQLException {
        List<String> live =
                Sql.rows(connection, """
                        SELECT relname FROM pg_class
                        WHERE relkind = 'r' AND relpersistence <> 't' AND pg_table_is_visible(oid)
                          AND relnamespace <> 'pg_catalog'::regnamespace""").stream().map(row -> row.get(0)).toList();
        Set<String> copied = new LinkedHashSet<>(moreTables);
        for (ExpandStep step : steps) {
            if (step instanceof ExpandStep.Columns columns) {
                copied.add(columns.table());
            } else if (step instanceof ExpandStep.Run script) {
                Set<String> mentioned = new HashSet<>();
                NAME.matcher(script.sql())
                        .results()
                        .forEach(name -> mentioned.add(name.group(2) == null ? name.group(1) : name.group(2)));
                live.stream().filter(mentioned::contains).forEach(copied::add);
            } else if (step instanceof ExpandStep.Make make) {
                live.stream().filter(make.ddl().names()::contains).forEach(copied::add);
            }
        }
        makes(Ddl.Verb.CREATE_TABLE).forEach(ddl -> copied.remove(ddl.target()));
        makes(Ddl.Verb.CREATE_INDEX).forEach(ddl -> copied.removeAll(ddl.adds()));
        copied.retainAll(live);
        return copied;
    }

    private void leaveOutWhatIsMade() throws SQLException {
        // An index of a copy is named by the server, perhaps as one that is to be made.
        for (List<String> row : Sql.rows(connection, """
                SELECT c.relname, 'turnout_copy_' || c.oid FROM pg_class c
                WHERE c.relkind = 'i' AND c.relnamespace = ?::regnamespace""", quote(schema))) {
            Sql.run(
                    connection,
                    "ALTER INDEX " + quote(schema) + "." + quote(row.get(0)) + " RENAME TO " + quote(row.get(1)));
        }
        for (Ddl ddl : makes(Ddl.Verb.ALTER_TABLE)) {
            for (String added : ddl.adds()) {
                String table = "ALTER TABLE IF EXISTS " + quote(schema) + "." + quote(ddl.target());
                Sql.run(connection, table + " DROP CONSTRAINT IF EXISTS " + quote(added) + " CASCADE");
                Sql.run(connection, table + " DROP COLUMN IF EXISTS " + quote(added) + " CASCADE");
            }
        }
        Set<String> types = new LinkedHashSet<>();
        makes(Ddl.Verb.ADD_VALUE).forEach(ddl -> types.add(ddl.target()));
        makes(Ddl.Verb.CREATE_TYPE).forEach(ddl -> types.remove(ddl.target()));
        for (String type : types) {
            copyEnum(type);
        }
    }

    private void copyEnum(String type) throws SQLException {
        List<String> labels = new ArrayList<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT e.enumlabel FROM pg_enum e JOIN pg_type y ON y.oid = e.enumtypid
                WHERE y.typname = ? AND pg_type_is_visible(y.oid) ORDER BY e.enumsortorder""", type)) {
            labels.add(literal(row.get(0)));
        }
        for (Ddl ddl : makes(Ddl.Verb.ADD_VALUE)) {
            if (ddl.target().equals(type)) {
                labels.remove(literal(ddl.adds().get(0)));
            }
        }
        boolean there = !Sql.rows(
                        connection,
                        "SELECT 1 FROM pg_type WHERE typtype = 'e' AND typname = ? AND pg_type_is_visible(oid)",
                        type)
                .isEmpty();
        if (there) {
            Sql.run(
                    connection,
                    "CREATE TYPE " + quote(schema) + "." + quote(type) + " AS ENUM (" + String.join(", ", labels)
                            + ")");
        }
    }

    private List<Ddl> makes(Ddl.Verb verb) {
        return steps.stream()
                .filter(ExpandStep.Make.class::isInstance)
                .map(step -> ((ExpandStep.Make) step).ddl())
                .filter(ddl -> ddl.verb() == verb)
                .toList();
    }
}
