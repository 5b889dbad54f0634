package dev.turnout.worker.draft;

import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One of the two schemas that a draft is made from.
 *
 * @param database the name of its connection
 * @param server host and port
 * @param catalog the database on that server
 * @param schema in MySQL the same as {@code catalog}
 * @param tables by name; without those of the bookkeeping
 */
public record DraftSide(
        String database,
        String server,
        Dialect dialect,
        String catalog,
        String schema,
        Map<String, DraftTable> tables) {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(30), 1);

    private static final String POSTGRESQL_TABLES = """
            SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname <> 'flyway_schema_history'
            ORDER BY c.relname""";
    private static final String MYSQL_TABLES = """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = ? AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'
            ORDER BY table_name""";
    private static final String POSTGRESQL_KEY = """
            SELECT a.attname FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND i.indisprimary ORDER BY k.place""";
    private static final String MYSQL_KEY = """
            SELECT column_name FROM information_schema.key_column_usage
            WHERE table_schema = ? AND table_name = ? AND constraint_name = 'PRIMARY' ORDER BY ordinal_position""";
    private static final String POSTGRESQL_FILLED = """
            SELECT a.attname FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND (a.atthasdef OR a.attidentity <> '')""";
    private static final String MYSQL_FILLED = """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = ? AND table_name = ? AND (column_default IS NOT NULL OR extra LIKE '%auto_increment%')""";
    private static final String POSTGRESQL_REFERS = """
            SELECT DISTINCT r.relname FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class r ON r.oid = k.confrelid
            WHERE n.nspname = ? AND c.relname = ? AND k.contype = 'f'""";
    private static final String MYSQL_REFERS = """
            SELECT DISTINCT referenced_table_name FROM information_schema.key_column_usage
            WHERE table_schema = ? AND table_name = ? AND referenced_table_name IS NOT NULL""";

    public DraftSide {
        tables = Map.copyOf(tables);
    }

    /**
     * Only reads.
     *
     * @param where host, port and database, as the settings of the connection say it
     * @param schema of PostgreSQL; empty: the first one that the connection finds names in
     */
    public static DraftSide read(Database database, String where, Optional<String> schema) throws SQLException {
        return database.readOnly(LIMITS, connection -> {
            boolean mysql = database.dialect().mysql();
            String catalog = connection.getCatalog();
            String found = mysql
                    ? catalog
                    : schema.orElse(
                            Sql.value(connection, "SELECT current_schema()").orElse("public"));
            Map<String, DraftTable> tables = new TreeMap<>();
            for (String table : texts(connection, mysql ? MYSQL_TABLES : POSTGRESQL_TABLES, found)) {
                tables.put(table, table(connection, mysql, found, table));
            }
            return new DraftSide(
                    database.name(),
                    where.substring(0, where.indexOf('/')),
                    database.dialect(),
                    catalog,
                    found,
                    tables);
        });
    }

    private static DraftTable table(Connection connection, boolean mysql, String schema, String table)
            throws SQLException {
        return new DraftTable(
                table,
                TableColumn.of(connection, Optional.of(schema), table),
                texts(connection, mysql ? MYSQL_KEY : POSTGRESQL_KEY, schema, table),
                Set.copyOf(texts(connection, mysql ? MYSQL_FILLED : POSTGRESQL_FILLED, schema, table)),
                texts(connection, mysql ? MYSQL_REFERS : POSTGRESQL_REFERS, schema, table).stream()
                        .filter(other -> !other.equals(table))
                        .collect(Collectors.toSet()));
    }

    private static List<String> texts(Connection connection, String query, Object... values) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (List<String> row : Sql.rows(connection, query, values)) {
            texts.add(row.get(0));
        }
        return texts;
    }

    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /** Rows of both can be changed in one transaction. */
    boolean sameServer(DraftSide other) {
        return dialect.equals(other.dialect)
                && server.equals(other.server)
                && (dialect.mysql() || catalog.equals(other.catalog));
    }

    boolean sameSchema(DraftSide other) {
        return sameServer(other) && schema.equals(other.schema);
    }
}
