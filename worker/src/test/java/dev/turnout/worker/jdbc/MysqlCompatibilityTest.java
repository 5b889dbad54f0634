package dev.turnout.worker.jdbc;

import dev.turnout.worker.testkit.TestServer;

class MysqlCompatibilityTest extends DatabaseCompatibility {
    MysqlCompatibilityTest() {
        super(TestServer.MYSQL);
    }
}
