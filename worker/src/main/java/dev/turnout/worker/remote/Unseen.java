package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import java.sql.Connection;
import java.sql.SQLException;

/** Writes of the engine that our triggers neither name nor refuse: what came from the other side must not go back there. */
final class Unseen {
    private Unseen() {}

    /** Does the work as the engine; the connection is as before when it returns. */
    static <T> T by(Connection connection, Work<T> work) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            Sql.value(connection, "SELECT set_config('" + ChangelogSql.UNSEEN_POSTGRESQL + "', 'on', true)");
            T result = work.with(connection);
            Sql.value(connection, "SELECT set_config('" + ChangelogSql.UNSEEN_POSTGRESQL + "', 'off', true)");
            return result;
        }
        Sql.run(connection, "SET " + ChangelogSql.UNSEEN_MYSQL + " = 1");
        try {
            return work.with(connection);
        } finally {
            Sql.run(connection, "SET " + ChangelogSql.UNSEEN_MYSQL + " = NULL");
        }
    }
}
