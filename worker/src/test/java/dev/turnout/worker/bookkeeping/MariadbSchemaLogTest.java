package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.testkit.TestServer;
import org.junit.jupiter.api.Tag;

@Tag("mariadb")
class MariadbSchemaLogTest extends SchemaLogCompatibility {
    MariadbSchemaLogTest() {
        super(TestServer.MARIADB);
    }
}
