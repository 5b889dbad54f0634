package dev.turnout.worker.jdbc;

import dev.turnout.worker.testkit.TestServer;

class Postgres18CompatibilityTest extends DatabaseCompatibility {
    Postgres18CompatibilityTest() {
        super(TestServer.POSTGRES_18);
    }
}
