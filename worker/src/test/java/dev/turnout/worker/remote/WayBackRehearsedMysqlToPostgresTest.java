package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class WayBackRehearsedMysqlToPostgresTest extends WayBackRehearsed {
    WayBackRehearsedMysqlToPostgresTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
