package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;

class SameTableMysqlTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return SameTableModel.on(TestServer.MYSQL.newDatabase());
    }
}
