package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Two databases of one MySQL server would share the bookkeeping, and with it the epochs. */
class OnePlaceTest {
    @Test
    void twoConnectionsToOneMySqlAreNoTwoServers() throws SQLException {
        try (Shop shop = new Shop(TestServer.MYSQL, TestServer.MYSQL)) {
            assertThat(RemotePreflight.beforeExpand().stride(shop.site()))
                    .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                            .singleElement()
                            .asString()
                            .contains("lead to one place", "target: { schema"));
        }
    }
}
