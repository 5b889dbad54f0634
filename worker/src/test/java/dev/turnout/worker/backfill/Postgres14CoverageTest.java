package dev.turnout.worker.backfill;

import dev.turnout.worker.testkit.TestServer;

class Postgres14CoverageTest extends CoverageCompatibility {
    Postgres14CoverageTest() {
        super(TestServer.POSTGRES_14);
    }
}
