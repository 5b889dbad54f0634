package dev.turnout.worker.sync;

import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What a transaction of the engine sets before it writes rows of a transfer, or reads them. Immutable. */
public record Carrying(Site site, Transfer transfer) {
    /**
     * For the rest of the transaction: what it writes to the new table does not come back to the old one, and the
     * expressions find names as they do in the triggers.
     */
    public void up(Connection connection) throws SQLException {
        String token = CarrySql.token(site.run(), site.spec().transfers().indexOf(transfer), "up");
        if (Dialect.of(connection).mysql()) {
            Sql.run(connection, "SET " + MySqlCarrySql.ENGINE + " = " + Dialect.MYSQL.literal(token));
        } else {
            set(connection, CarrySql.GUARD, token);
        }
        SearchPath.of(connection, site.spec(), Side.OLD);
    }

    private static void set(Connection connection, String name, String value) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("SELECT set_config(?, ?, true)")) {
            set.setString(1, name);
            set.setString(2, value);
            set.execute();
        }
    }
}
