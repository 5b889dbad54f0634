package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import net.jqwik.api.Tag;

@Tag("mariadb")
class SameTableMariadbTest extends ShapeModel {
    @Override
    Subject subject() throws SQLException {
        return SameTableModel.on(TestServer.MARIADB.newDatabase());
    }
}
