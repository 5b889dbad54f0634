package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;

class SameTablePostgres14Test extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return SameTableModel.on(TestServer.POSTGRES_14.newDatabase());
    }
}
