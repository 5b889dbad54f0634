package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;

class RemoteMysqlToPostgresTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return RemoteModel.between(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
