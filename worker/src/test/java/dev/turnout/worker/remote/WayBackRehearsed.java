package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The way back of another server, before anybody needs it. A subclass names the pair of products. */
abstract class WayBackRehearsed {
    private final TestServer from;
    private final TestServer to;

    WayBackRehearsed(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    private Shop shop() throws SQLException {
        return new Shop(from, to).with(50);
    }

    private static Stride.Done done(Stride stride) {
        assertThat(stride).isInstanceOf(Stride.Done.class);
        return (Stride.Done) stride;
    }

    private static List<String> problems(Stride stride) {
        assertThat(stride).isInstanceOf(Stride.Stop.class);
        return ((Stride.Stop) stride).problems();
    }

    @Test
    void aWayBackThatWorksIsWalkedAndLeavesNothing() throws SQLException {
        try (Shop shop = shop().listening().planned(10).carried()) {
            List<String> before = shop.found();
            Stride.Done done = done(new RemoteRehearsal().stride(shop.site()));
            assertThat(done.report()).extractingByKey("clients").asString().contains("rows=46");
            assertThat(shop.found()).isEqualTo(before).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
            // A second time on the same connections.
            done(new RemoteRehearsal().stride(shop.site()));
        }
    }

    @Test
    void anOldColumnThatInsistsOnAValueAndHasNoWayBackStopsTheRamp() throws SQLException {
        try (Shop shop = shop()) {
            shop.old.execute(
                    "ALTER TABLE customers ADD COLUMN since int NOT NULL DEFAULT 7",
                    shop.product(Side.OLD) == Product.MYSQL
                            ? "ALTER TABLE customers ALTER COLUMN since DROP DEFAULT"
                            : "ALTER TABLE customers ALTER since DROP DEFAULT");
            shop.listening().planned(10).carried();
            assertThat(problems(new RemoteRehearsal().stride(shop.site())))
                    .hasSize(5)
                    .allSatisfy(problem -> assertThat(problem)
                            .contains("clients: a row inserted by the new application is refused", "since"));
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    @Test
    void aDownThatSaysSomethingElseStopsTheRampAndIsMeasuredBefore() throws SQLException {
        try (Shop shop = shop().down("name", "upper(new.full_name)")) {
            shop.listening();
            Map<String, Object> lossiness =
                    report(done(RemotePreflight.afterExpand().stride(shop.site())));
            assertThat(lossiness)
                    .extractingByKey("name")
                    .asString()
                    .contains("rows=46", "differing=46", "percent=100.00", "written=name 1", "rebuilt=NAME 1");
            assertThat(lossiness).extractingByKey("email").asString().contains("differing=0");
            shop.planned(10).carried();
            assertThat(problems(new RemoteRehearsal().stride(shop.site()))).allSatisfy(problem -> assertThat(problem)
                    .contains("clients: a row inserted by the new application is not the same on both sides")
                    .contains("full_name"));
        }
    }

    @Test
    void aDownThatLosesAndGivesTheSameNewRowIsReportedAndStopsNothing() throws SQLException {
        try (Shop shop = shop().up("full_name", "upper(old.name)").down("name", "lower(new.full_name)")) {
            shop.old.execute("UPDATE customers SET name = 'Name' WHERE id = 1");
            shop.listening().planned(10).carried();
            Stride.Done done = done(new RemoteRehearsal().stride(shop.site()));
            assertThat(done.report())
                    .extractingByKey("clients")
                    .asString()
                    .contains("differing=1", "written=Name", "rebuilt=name");
        }
    }

    @Test
    void aDownThatRaisesOnARowIsNamed() throws SQLException {
        try (Shop shop = shop().up("email", "concat('x', old.email)")
                .down("email", "concat(CAST(substring(new.email, 7) AS decimal(3,0)) / 0, '')")) {
            shop.listening().planned(10).carried();
            if (shop.product(Side.OLD) == Product.POSTGRESQL) {
                assertThat(problems(new RemoteRehearsal().stride(shop.site())))
                        .anySatisfy(problem -> assertThat(problem).contains("refused", "division by zero"));
            } else {
                assertThat(problems(new RemoteRehearsal().stride(shop.site())))
                        .anySatisfy(problem -> assertThat(problem).contains("email"));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> report(Stride.Done done) {
        Map<String, Object> moves =
                (Map<String, Object>) Objects.requireNonNull(done.report().get("lossiness"));
        return (Map<String, Object>) Objects.requireNonNull(moves.get("clients"));
    }
}
