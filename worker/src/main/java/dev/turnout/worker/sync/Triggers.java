package dev.turnout.worker.sync;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The sync triggers of one table in one database. Each method works on the caller's connection. */
sealed interface Triggers permits PostgreSqlTriggers, MySqlTriggers, PostgreSqlTransferTriggers, MySqlTransferTriggers {
    /** @param ordinal which move of the spec, from 0; names the triggers */
    static Triggers of(Dialect dialect, long run, int ordinal, Move move) {
        return dialect.mysql() ? new MySqlTriggers(run, ordinal, move) : new PostgreSqlTriggers(run, ordinal, move);
    }

    /** Of a table that concerns transfers. */
    static Triggers of(Dialect dialect, long run, Spec spec, Concerned table) {
        return dialect.mysql()
                ? new MySqlTransferTriggers(run, spec, table)
                : new PostgreSqlTransferTriggers(run, spec, table);
    }

    List<String> names();

    /** Makes those that are missing or have been altered. */
    void install(Connection connection) throws SQLException;

    /** Harmless when there are none, or no table. */
    void drop(Connection connection) throws SQLException;

    /** Changes whenever a trigger, what it runs or its state is changed by anybody; empty when there are none. */
    String definition(Connection connection) throws SQLException;
}
