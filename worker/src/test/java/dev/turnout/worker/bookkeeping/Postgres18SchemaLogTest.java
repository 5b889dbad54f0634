package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.testkit.TestServer;

class Postgres18SchemaLogTest extends SchemaLogCompatibility {
    Postgres18SchemaLogTest() {
        super(TestServer.POSTGRES_18);
    }
}
