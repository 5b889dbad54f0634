package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class MysqlToMysqlTest extends RemoteShape {
    MysqlToMysqlTest() {
        super(TestServer.MYSQL, TestServer.MYSQL);
    }
}
