package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Place;
import dev.turnout.migration.Side;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.remote.Applier;
import dev.turnout.worker.remote.ChangelogTriggers;
import dev.turnout.worker.remote.RemoteBackfill;
import dev.turnout.worker.remote.RemotePlan;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The same on another server. While the changelog names a row, what differs may be on its way and is no finding; it is one
 * when it is still there once the changelog names it no more. What was found is named again, and so mended.
 */
abstract class RemoteCorruption extends EveryCorruption {
    RemoteCorruption(TestDatabase old, TestDatabase fresh, Ledger ledger) {
        super(
                old,
                fresh,
                "entries",
                new Site(
                        new TestSpec()
                                .target(new Place(fresh.name()))
                                .transfer(TransferPostgresCorruptionTest.transfer(ledger))
                                .spec(),
                        7,
                        1,
                        0,
                        "a worker",
                        old.database(),
                        Optional.of(fresh.database()),
                        new SetClock()));
    }

    @Override
    List<PhaseWork> phases() {
        return List.of(
                new ChangelogTriggers(),
                new RemotePlan(2 * CHUNK_ROWS),
                new RemoteBackfill(() -> Duration.ofMillis(50)),
                new Verify());
    }

    @Override
    String pastTheTriggers() {
        return "SET turnout.unseen = 'entries'; ";
    }

    @Override
    void before(Corruption corruption) throws SQLException {
        db.execute("UPDATE turnout.chunk SET verified_at = NULL");
        db.execute("INSERT INTO turnout.changelog (run, move, of_table, " + key() + ") VALUES "
                + corruption.found().stream()
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .distinct()
                        .map(id -> "(7, 'entries', '', '[\"" + id + "\"]')")
                        .collect(Collectors.joining(", ")));
        assertThat(differing())
                .as("%s, while it may be on its way", corruption.title())
                .isEmpty();
        assertThat(db.query("SELECT id FROM turnout.chunk WHERE verified_at IS NULL"))
                .as("chunks that are not decided")
                .isNotEmpty();
        // As if it had been carried, and the row were wrong still.
        db.execute("DELETE FROM turnout.changelog");
    }

    private String key() {
        return site.database().dialect().mysql() ? "`key`" : "key";
    }

    @Override
    void after(Corruption corruption) throws SQLException {
        Applier applier = new Applier(Side.OLD);
        while (applier.stride(site) instanceof Stride.Again) {}
        assertThat(differing()).as("%s, mended", corruption.title()).isEmpty();
        assertThat(db.one("SELECT count(*) FROM turnout.chunk WHERE mismatches > 0"))
                .isEqualTo("0");
    }
}
