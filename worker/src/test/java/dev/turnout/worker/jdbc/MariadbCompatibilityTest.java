package dev.turnout.worker.jdbc;

import dev.turnout.worker.testkit.TestServer;
import org.junit.jupiter.api.Tag;

@Tag("mariadb")
class MariadbCompatibilityTest extends DatabaseCompatibility {
    MariadbCompatibilityTest() {
        super(TestServer.MARIADB);
    }
}
