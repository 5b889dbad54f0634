package dev.turnout.worker.preflight;

import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import java.sql.SQLException;

/** What came of a look at the live database for a spec that nobody has started yet. */
public sealed interface Look {
    record Seen(Findings findings) implements Look {}

    /** @param because why it could not be looked at */
    record Unseen(String because) implements Look {}

    /** Over a connection of its own; changes nothing. Blocks for as long as the database needs, up to its limits. */
    static Look at(Spec spec, ConnectionSettings connection) {
        try (Database database = Database.open(connection, 1)) {
            return new Seen(Preflight.inspect(spec, database));
        } catch (DatabaseUnreachable e) {
            return new Unseen(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            return new Unseen(connection.where() + ": " + e.getMessage());
        }
    }
}
