package dev.turnout.worker.backfill;

import dev.turnout.worker.testkit.TestServer;

class Postgres18CoverageTest extends CoverageCompatibility {
    Postgres18CoverageTest() {
        super(TestServer.POSTGRES_18);
    }
}
