package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class HandedOverMysqlToPostgresTest extends HandedOver {
    HandedOverMysqlToPostgresTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
