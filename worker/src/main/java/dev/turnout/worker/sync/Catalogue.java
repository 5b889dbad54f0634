package dev.turnout.worker.sync;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Identifiers;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table as the database holds it now.
 *
 * @param searchPath the schemas in which the engine's role finds names, for functions that must find the same; MySQL has none
 * @param columns by name, in their order
 */
record Catalogue(List<String> searchPath, Map<String, Column> columns) {

    Catalogue {
        searchPath = List.copyOf(searchPath);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** A column that a sync trigger reads or writes. */
    record Column(TableColumn column) {
        String type() {
            return column.declaration();
        }

        boolean notNull() {
            return column.notNull();
        }

        /** True when the value of this column differs between the rows a and b. Never NULL. */
        String differs(String a, String b) {
            String name = "." + Identifiers.quote(column.name());
            return column.differs(a + name, b + name);
        }
    }

    static Catalogue read(Connection connection, String table) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        TableColumn.of(connection, table).forEach((name, column) -> columns.put(name, new Column(column)));
        List<String> searchPath = Dialect.of(connection).mysql()
                ? List.of()
                : Sql.rows(connection, "SELECT unnest(current_schemas(false))").stream()
                        .map(row -> row.get(0))
                        .toList();
        return new Catalogue(searchPath, columns);
    }
}
