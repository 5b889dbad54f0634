package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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

    /** No other product tells these apart, so no other would miss it. */
    @Test
    void whatPostgresAloneTellsApartArrivesAsItIs() throws SQLException {
        List<String> values = List.of(
                "ARRAY['a,b'], '7.0'",
                "ARRAY['a', 'b'], '7'",
                "ARRAY['a', NULL, ''], '{\"n\": 1.50}'",
                "ARRAY['NULL', '{', '\"', E'\\\\'], '[]'",
                "ARRAY[['a', 'b'], ['c', 'd']], 'null'",
                "'[0:1]={a,b}', NULL",
                "'{}', '1e400'");
        try (TestDatabase old = TestServer.POSTGRES_18.newDatabase();
                TestDatabase fresh = TestServer.POSTGRES_18.newDatabase()) {
            old.execute("CREATE TABLE things (id int PRIMARY KEY, texts text[], doc jsonb)");
            fresh.execute("CREATE TABLE stuff (id int PRIMARY KEY, texts text[], doc jsonb)");
            for (int i = 0; i < values.size(); i++) {
                old.execute("INSERT INTO things VALUES (" + i + ", " + values.get(i) + ")");
            }
            Site site = OneMove.between(old, fresh, "things", "stuff", "texts", "old.texts", "doc", "old.doc");
            OneMove.carry(site);
            String rows = "SELECT id, texts::text, doc::text FROM %s ORDER BY id";
            assertThat(fresh.query(rows.formatted("stuff"))).isEqualTo(old.query(rows.formatted("things")));
            old.execute(
                    "UPDATE things SET texts = ARRAY['a', 'b'] WHERE id = 0",
                    "UPDATE things SET doc = '7' WHERE id = 0");
            Shop.drain(new Applier(Side.OLD, Duration.ZERO), site);
            assertThat(fresh.query(rows.formatted("stuff"))).isEqualTo(old.query(rows.formatted("things")));
        }
    }
}
