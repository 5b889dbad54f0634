package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class PostgresToMysqlTest extends RemoteShape {
    PostgresToMysqlTest() {
        super(TestServer.POSTGRES_18, TestServer.MYSQL);
    }
}
