package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;

class RemotePostgresToMysqlTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return RemoteModel.between(TestServer.POSTGRES_18, TestServer.MYSQL);
    }
}
