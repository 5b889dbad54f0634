package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;

class TransferMysqlTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return TransferModel.on(TestServer.MYSQL.newDatabase());
    }
}
