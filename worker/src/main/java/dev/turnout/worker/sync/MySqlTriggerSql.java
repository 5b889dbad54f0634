package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.TableColumn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The text of the triggers of one move on MySQL, with the meaning of {@link TriggerSql}: first the old columns follow the new
 * ones that were written, then the new columns follow the old ones. Immutable.
 *
 * <p>There is no function to share and no row but {@code NEW}: the alias of an expression is renamed to it. A row that the
 * mapping fails on is put aside AFTER the statement's write, because BEFORE it an AUTO_INCREMENT key is not known yet; what
 * was wrong is handed over in a variable of the session, which the next BEFORE clears. Handlers name 1265 (data truncated)
 * beside SQLEXCEPTION: as an error, too, it has the class of a warning.
 *
 * @param ordinal which move of the spec, from 0
 */
record MySqlTriggerSql(long run, int ordinal, Links links) {
    private static final String UNLESS_BACKFILL = "@turnout_backfill IS NULL";
    /** The longest text that a condition may carry. */
    private static final int MESSAGE = 128;

    private String name(String suffix) {
        return "zzz_turnout_" + run + "_" + ordinal + "_" + suffix;
    }

    /** In the order in which they are made: once a BEFORE hands something over, its AFTER is there. */
    List<String> triggers() {
        return List.of(name("put_inserted"), name("put_updated"), name("insert"), name("update"));
    }

    /** By name: when it fires, and its body, which the catalogue keeps to the letter. */
    Map<String, Definition> definitions() {
        Map<String, Definition> definitions = new LinkedHashMap<>();
        definitions.put(name("put_inserted"), new Definition("AFTER INSERT", putAside()));
        definitions.put(name("put_updated"), new Definition("AFTER UPDATE", putAside()));
        definitions.put(name("insert"), new Definition("BEFORE INSERT", before(true)));
        definitions.put(name("update"), new Definition("BEFORE UPDATE", before(false)));
        return definitions;
    }

    record Definition(String event, String body) {}

    String create(String trigger, Definition definition) {
        return "CREATE TRIGGER " + quote(trigger) + " " + definition.event() + " ON "
                + quote(links.move().table()) + " FOR EACH ROW " + definition.body();
    }

    private String handedOver() {
        return "@turnout_rejected_" + run + "_" + ordinal;
    }

    private String before(boolean insert) {
        MySqlUpSql up = new MySqlUpSql(run, links, handedOver());
        MySqlDownSql down = new MySqlDownSql(links, MESSAGE);
        return """
                BEGIN
                %s
                %s
                IF %s THEN
                SET %s = NULL;
                %s
                %s
                %s
                %s
                END IF;
                END""".formatted(
                        Stream.concat(down.flags(), up.flags())
                                .map(flag -> "DECLARE " + flag + " BOOLEAN DEFAULT FALSE;")
                                .collect(joining("\n")),
                        Stream.concat(down.values(), up.values()).collect(joining("\n")),
                        UNLESS_BACKFILL,
                        handedOver(),
                        insert ? down.onInsert() : down.onUpdate(),
                        down.derive(),
                        insert ? up.onInsert() : up.onUpdate(),
                        up.derive());
    }

    private String putAside() {
        Dialect dialect = Dialect.MYSQL;
        List<TableColumn> columns = links.table().columns().values().stream()
                .map(Catalogue.Column::column)
                .toList();
        return """
                BEGIN
                IF %1$s AND %2$s IS NOT NULL THEN
                BEGIN
                DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, 1265 BEGIN END;
                INSERT INTO turnout.rejected (run, table_name, "key", phase, "sqlstate", message, at, "row")
                VALUES (%3$d, %4$s, %5$s, 'SYNC', %6$s, %7$s, %8$s, %9$s)
                %10$s;
                END;
                SET %2$s = NULL;
                END IF;
                END""".formatted(
                UNLESS_BACKFILL,
                handedOver(),
                run,
                dialect.literal(links.move().table()),
                key(links, "NEW"),
                dialect.jsonText(handedOver(), "sqlstate"),
                dialect.jsonText(handedOver(), "message"),
                dialect.now(),
                json(columns, "NEW"),
                dialect.upsert(
                        "turnout.rejected", List.of("id"), List.of("phase", "sqlstate", "message", "at", "row")));
    }

    /** The key as {@code turnout.rejected} has it. */
    static String key(Links links, String row) {
        return json(
                links.move().key().stream()
                        .map(name -> links.column(name).column())
                        .toList(),
                row);
    }

    private static String json(List<TableColumn> columns, String row) {
        return Dialect.MYSQL.jsonObject(columns.stream()
                .flatMap(column -> Stream.of(Dialect.MYSQL.literal(column.name()), column.json(row)))
                .toList());
    }

    /** The expression over the row that is being written, whatever it calls it. */
    static String overNew(String expression) {
        return SqlText.renamed(SqlText.renamed(expression, "old", "NEW"), "new", "NEW");
    }
}
