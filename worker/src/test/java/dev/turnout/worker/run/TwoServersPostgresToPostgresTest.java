package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;

class TwoServersPostgresToPostgresTest extends TwoServers {
    TwoServersPostgresToPostgresTest() {
        super(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }
}
