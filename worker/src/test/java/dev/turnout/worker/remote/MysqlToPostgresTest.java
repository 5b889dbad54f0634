package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class MysqlToPostgresTest extends RemoteShape {
    MysqlToPostgresTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
