package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferCopies;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The copies on which a control or a rehearsal was being tried when its process died. Only MySQL has them; the next attempt
 * takes them away as well. Stateless and thread-safe.
 */
public final class Leftovers {
    private static final String COPIES = """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = database() AND table_type = 'BASE TABLE' AND table_name REGEXP ?""";

    private Leftovers() {}

    /** Drops those of the run, by statements that commit. */
    public static void remove(Connection connection, Site site) throws SQLException {
        if (!site.database().dialect().mysql()) {
            return;
        }
        SearchPath.of(connection, site.spec(), Side.OLD);
        String ours = "^turnout_(copy|sample|control|rehearsal)(_old|_new|_sample)?_" + site.run() + "_[0-9]+$";
        for (List<String> copy : Sql.rows(connection, COPIES, ours)) {
            Sql.statement(connection, "DROP TABLE IF EXISTS " + quote(copy.get(0)));
        }
        String home = Sql.value(connection, "SELECT database()").orElseThrow();
        for (int ordinal = 0; ordinal < site.spec().transfers().size(); ordinal++) {
            TransferCopies.removeFrom(connection, home, site, ordinal);
        }
    }
}
