package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.migration.Place;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run that carries one table, told by {@code id} on both sides, to another server. */
final class OneMove {
    private static final long RUN = 3;

    private OneMove() {}

    /** @param up column and expression by turns, without that of the key */
    static Site between(TestDatabase old, TestDatabase fresh, String from, String into, String... up)
            throws SQLException {
        return between(old, fresh, from, into, Shop.ordered(up), Map.of());
    }

    static Site between(
            TestDatabase old,
            TestDatabase fresh,
            String from,
            String into,
            Map<String, String> up,
            Map<String, Move.Down> down)
            throws SQLException {
        Map<String, String> all = new LinkedHashMap<>(Map.of("id", "old.id"));
        all.putAll(up);
        Transfer transfer = new Transfer(
                into,
                TableName.of(from),
                List.of("id"),
                Optional.empty(),
                TableName.of(into),
                List.of("id"),
                all,
                down,
                Map.of(),
                false,
                100);
        TestSpec spec = new TestSpec().target(new Place(fresh.name())).transfer(transfer);
        Site site = new Site(
                spec.spec(), RUN, 1, 0, "a worker", old.database(), Optional.of(fresh.database()), new SetClock());
        Bookkeeping.enter(site);
        return site;
    }

    static void carry(Site site) throws SQLException {
        assertThat(Shop.finish(new ChangelogTriggers(), site)).isInstanceOf(Stride.Done.class);
        assertThat(Shop.finish(new RemotePlan(30), site)).isInstanceOf(Stride.Done.class);
        assertThat(Shop.finish(Shop.backfill(), site)).isInstanceOf(Stride.Done.class);
    }
}
