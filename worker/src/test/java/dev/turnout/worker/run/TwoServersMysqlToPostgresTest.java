package dev.turnout.worker.run;

import dev.turnout.worker.testkit.TestServer;

class TwoServersMysqlToPostgresTest extends TwoServers {
    TwoServersMysqlToPostgresTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
