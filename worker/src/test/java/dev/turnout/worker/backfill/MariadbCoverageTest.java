package dev.turnout.worker.backfill;

import dev.turnout.worker.testkit.TestServer;
import org.junit.jupiter.api.Tag;

@Tag("mariadb")
class MariadbCoverageTest extends CoverageCompatibility {
    MariadbCoverageTest() {
        super(TestServer.MARIADB);
    }
}
