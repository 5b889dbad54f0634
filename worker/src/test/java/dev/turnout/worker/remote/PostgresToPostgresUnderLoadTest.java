package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class PostgresToPostgresUnderLoadTest extends RemoteUnderLoad {
    PostgresToPostgresUnderLoadTest() {
        super(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }
}
