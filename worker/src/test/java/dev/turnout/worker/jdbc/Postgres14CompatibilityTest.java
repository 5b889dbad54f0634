package dev.turnout.worker.jdbc;

import dev.turnout.worker.testkit.TestServer;

class Postgres14CompatibilityTest extends DatabaseCompatibility {
    Postgres14CompatibilityTest() {
        super(TestServer.POSTGRES_14);
    }
}
