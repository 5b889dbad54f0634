package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.testkit.TestServer;

class Postgres14SchemaLogTest extends SchemaLogCompatibility {
    Postgres14SchemaLogTest() {
        super(TestServer.POSTGRES_14);
    }
}
