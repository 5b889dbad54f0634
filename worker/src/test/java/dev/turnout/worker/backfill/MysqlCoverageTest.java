package dev.turnout.worker.backfill;

import dev.turnout.worker.testkit.TestServer;

class MysqlCoverageTest extends CoverageCompatibility {
    MysqlCoverageTest() {
        super(TestServer.MYSQL);
    }
}
