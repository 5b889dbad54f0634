package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestPostgres;
import java.sql.SQLException;

class SameTablePostgresTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return SameTableModel.on(TestPostgres.newDatabase());
    }
}
