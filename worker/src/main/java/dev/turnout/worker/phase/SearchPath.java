package dev.turnout.worker.phase;

import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** Where SQL of the operator finds unqualified names. Stateless and thread-safe. */
public final class SearchPath {
    private SearchPath() {}

    /**
     * For the rest of the transaction: first where the side lives. In MySQL, which has no path, nowhere else; the pool takes
     * that back.
     */
    public static void of(Connection connection, Spec spec, Side side) throws SQLException {
        Optional<String> schema = spec.place(side).schema();
        if (schema.isEmpty()) {
            return;
        }
        if (Dialect.of(connection).mysql()) {
            connection.setCatalog(schema.get());
            return;
        }
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT set_config('search_path', concat_ws(', ', quote_ident(?), nullif(current_setting('search_path'), '')), true)")) {
            set.setString(1, schema.get());
            set.execute();
        }
    }
}
