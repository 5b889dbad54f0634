package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class MysqlToPostgresUnderLoadTest extends RemoteUnderLoad {
    MysqlToPostgresUnderLoadTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
