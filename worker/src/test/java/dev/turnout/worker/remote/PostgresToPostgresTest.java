package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class PostgresToPostgresTest extends RemoteShape {
    PostgresToPostgresTest() {
        super(TestServer.POSTGRES_18, TestServer.POSTGRES_18);
    }

    @Test
    void truncateIsCarried() throws SQLException {
        try (Shop shop = shop(20).listening().planned(10).carried()) {
            shop.old.execute("TRUNCATE orders; INSERT INTO orders VALUES (30, 3, 7.00)", "TRUNCATE regions");
            shop.applied();
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
        }
    }
}
