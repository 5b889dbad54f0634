package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The text of the sync function and the triggers of one move. Immutable.
 *
 * <p>The function looks at what a statement really changed, column by column: first the old columns follow the new ones
 * that were written, then the new columns follow the old ones. What the mapping does not tie to a change stays as it is.
 *
 * <p>An expression sees a row of the columns that it mentions, called {@code old} or {@code new}; so inside of it these
 * words are not the trigger's rows, and conditions on those are kept in variables.
 *
 * @param ordinal which move of the spec, from 0
 */
record TriggerSql(long run, int ordinal, Links links) {
    private static final String UNLESS_BACKFILL = "current_setting('turnout.backfill', true) IS DISTINCT FROM 'on'";

    /** In the schema of the bookkeeping; without the table's name, which may itself be as long as a name can be. */
    String function() {
        return "turnout." + quote("sync_" + run + "_" + ordinal);
    }

    /** Triggers fire in the order of their names, so these come after whatever the application has. */
    String insertTrigger() {
        return "zzz_turnout_" + run + "_insert";
    }

    String updateTrigger() {
        return "zzz_turnout_" + run + "_update";
    }

    List<String> triggers() {
        return List.of(insertTrigger(), updateTrigger());
    }

    /** ENABLE ALWAYS: they fire for a session that plays a replica, too. */
    String createTriggers() {
        String table = quote(links.move().table());
        return """
                CREATE TRIGGER %2$s BEFORE INSERT ON %1$s FOR EACH ROW WHEN (%4$s) EXECUTE FUNCTION %6$s();
                CREATE TRIGGER %3$s BEFORE UPDATE ON %1$s FOR EACH ROW WHEN (%4$s AND %5$s) EXECUTE FUNCTION %6$s();
                ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %2$s, ENABLE ALWAYS TRIGGER %3$s""".formatted(
                        table,
                        quote(insertTrigger()),
                        quote(updateTrigger()),
                        UNLESS_BACKFILL,
                        links.changed(concerned()),
                        function());
    }

    /** The columns whose change concerns the mapping; the key, because rows that are put aside are known by it. */
    private Set<String> concerned() {
        Set<String> concerned = new LinkedHashSet<>(links.move().key());
        concerned.addAll(links.ups());
        concerned.addAll(Links.union(links.ups(), links::readByUp));
        return concerned;
    }

    /** Runs with the rights of the engine's role, so that no application needs a right on what the mapping reads. */
    String createFunction() {
        String searchPath = Stream.concat(
                        links.table().searchPath().stream().map(schema -> quote(schema)), Stream.of("pg_temp"))
                .collect(joining(", "));
        String tag = "$turnout_" + run + "_" + ordinal + "$";
        return """
                CREATE OR REPLACE FUNCTION %1$s() RETURNS trigger
                LANGUAGE plpgsql SECURITY DEFINER SET search_path = %2$s AS %3$s
                %4$s%3$s;
                REVOKE ALL ON FUNCTION %1$s() FROM PUBLIC;
                COMMENT ON FUNCTION %1$s() IS %5$s""".formatted(
                        function(),
                        searchPath,
                        tag,
                        body(),
                        literal("keeps old and new columns of " + links.move().table() + " alike for run " + run));
    }

    private String body() {
        DownSql down = new DownSql(links);
        UpSql up = new UpSql(run, links);
        return """
                #variable_conflict use_column
                DECLARE
                %s
                BEGIN
                IF TG_OP = 'INSERT' THEN
                %s
                ELSE
                %s
                END IF;
                %s
                IF TG_OP = 'INSERT' THEN
                %s
                ELSE
                %s
                END IF;
                %s
                RETURN NEW;
                END
                """.formatted(
                        Stream.concat(down.flags(), up.flags())
                                .map(flag -> flag + " boolean;")
                                .collect(joining("\n")),
                        down.onInsert(),
                        down.onUpdate(),
                        down.derive(),
                        up.onInsert(),
                        up.onUpdate(),
                        up.derive());
    }
}
