package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.testkit.TestServer;

class MysqlSchemaLogTest extends SchemaLogCompatibility {
    MysqlSchemaLogTest() {
        super(TestServer.MYSQL);
    }
}
