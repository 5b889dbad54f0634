package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Questions to the new side while changes are carried to it. A subclass names the pair of products. */
abstract class Questions {
    private final TestServer from;
    private final TestServer to;

    Questions(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    private Shop shop(int customers) throws SQLException {
        return new Shop(from, to).with(customers);
    }

    /** The question waits for changes that are made after it was asked, and goes on seeing what was before. */
    @Test
    void aSlowQuestionKeepsNoChangeFromArriving() throws Exception {
        try (Shop shop = shop(30).listening().planned(10).carried();
                Carrying carrying = Carrying.begin(shop)) {
            String query = "SELECT full_name FROM clients ORDER BY client_id";
            Work<List<List<String>>> question = connection -> {
                List<List<String>> seen = Sql.rows(connection, query);
                for (int i = 0; i < 3; i++) {
                    String name = "meanwhile " + i;
                    shop.old.execute("UPDATE customers SET name = '" + name + "' WHERE id = 1");
                    await().until(() -> shop.fresh.one(query + " LIMIT 1").equals(name));
                }
                assertThat(Sql.rows(connection, query)).isEqualTo(seen);
                return seen;
            };
            assertThat(CaughtUp.ask(shop.site(), question)).hasSize(28).contains(List.of("name 1"));
            assertThat(carrying.failures()).isEmpty();
        }
    }

    @Test
    void underLoadAQuestionNeverFindsHalfOfATransaction() throws Exception {
        try (Shop shop = shop(40).listening().planned(10).carried();
                Carrying carrying = Carrying.begin(shop).writing(4)) {
            Work<List<List<String>>> question = connection -> Sql.rows(
                    connection,
                    "SELECT p.id, p.total, c.email FROM purchases p JOIN clients c ON c.client_id = p.client_id"
                            + " WHERE c.email LIKE 'n%' AND c.email <> concat('n', floor(p.total))");
            for (int i = 0;
                    i < 15 || (carrying.written() <= 15 && carrying.failures().isEmpty());
                    i++) {
                assertThat(CaughtUp.ask(shop.site(), question)).isEmpty();
            }
            assertThat(carrying.written()).isGreaterThan(15);
            assertThat(carrying.failures()).isEmpty();
        }
    }
}
