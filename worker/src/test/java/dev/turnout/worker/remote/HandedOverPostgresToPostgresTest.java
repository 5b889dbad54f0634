package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class HandedOverPostgresToPostgresTest extends HandedOver {
    HandedOverPostgresToPostgresTest() {
        super(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }
}
