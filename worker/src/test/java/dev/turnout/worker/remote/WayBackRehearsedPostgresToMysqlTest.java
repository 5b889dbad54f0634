package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class WayBackRehearsedPostgresToMysqlTest extends WayBackRehearsed {
    WayBackRehearsedPostgresToMysqlTest() {
        super(TestServer.POSTGRES_18, TestServer.MYSQL);
    }
}
