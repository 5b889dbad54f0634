package dev.turnout.worker.run;

import static org.awaitility.Awaitility.await;

import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Place;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.remote.DualWrite;
import dev.turnout.worker.remote.Flip;
import dev.turnout.worker.remote.RemoteCheck;
import dev.turnout.worker.remote.SecondChance;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import dev.turnout.worker.testkit.WholeWay;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The same tables on two servers: the old side writes until the flip, the new one after it, and on the way back the old one
 * again. An application asks who has the authority, and again when a side does not take its write, or is not there any more.
 */
record RemoteModel(TestDatabase old, TestDatabase fresh) implements Subject {
    static RemoteModel between(TestServer from, TestServer to) throws SQLException {
        TestDatabase old = from.newDatabase();
        TestDatabase fresh = to.newDatabase();
        old.execute(TransferModel.OLD_TABLE);
        return new RemoteModel(old, fresh);
    }

    @Override
    public Site site(int lane) {
        return new Site(
                new TestSpec()
                        .target(new Place(fresh.name()))
                        .expand(new ExpandStep.Run(
                                "things.sql", TransferModel.NEW_TABLE, "DROP TABLE things", Map.of(), Side.NEW))
                        .transfer(TransferModel.transfer())
                        .spec(),
                RUN,
                1,
                lane,
                "model",
                old.database(),
                Optional.of(fresh.database()),
                new SetClock());
    }

    @Override
    public TestDatabase database(Side side) {
        return side == Side.OLD ? old : fresh;
    }

    @Override
    public ItemTable items(Side side) {
        return TransferModel.table(side);
    }

    /** Twice the same: the authority changes hands in the first, so all of the second is the new side's. */
    @Override
    public List<Phase> phases() {
        return Stream.concat(WholeWay.UP_TO_THE_RAMP.stream(), Stream.of(Phase.SOAKING, Phase.SOAKING))
                .toList();
    }

    @Override
    public List<Phase> wayBack() {
        return List.of(Phase.ROLLING_BACK);
    }

    @Override
    public Side taking(Side by, Phase phase) throws SQLException {
        return Flip.authority(site(0));
    }

    @Override
    public boolean over(Phase phase) throws SQLException {
        return phase != Phase.SOAKING || Flip.authority(site(0)) == Side.NEW;
    }

    @Override
    public boolean holdsUnmovable(Side side) {
        return side == Side.OLD;
    }

    @Override
    public void settle() throws SQLException {
        SecondChance.ofAll(site(0));
        DualWrite carrying = DualWrite.carrying();
        await().until(() -> carrying.stride(site(0)) instanceof Stride.Rest && named().isEmpty());
    }

    /** What the changelogs name. */
    private List<String> named() throws SQLException {
        List<String> named = new ArrayList<>();
        for (Side side : Side.values()) {
            database(side)
                    .query("SELECT c.key FROM turnout.changelog c WHERE run = " + RUN)
                    .forEach(key -> named.add(side + " " + key));
        }
        return named;
    }

    /** The verification is asked once more: it has nothing to say, either. */
    @Override
    public List<String> leftOpen() throws SQLException {
        List<String> open = new ArrayList<>(Subject.super.leftOpen());
        open.addAll(named());
        open.addAll(fresh.query("SELECT r.key, r.message FROM turnout.rejected r WHERE resolved_at IS NULL"));
        List<Chunk> chunks =
                old.database().transaction(Limits.BOOKKEEPING, connection -> Chunks.all(connection, site(0), "things"));
        for (Chunk chunk : chunks) {
            RemoteCheck.Finding finding = RemoteCheck.run(site(0), chunk);
            finding.samples().forEach(sample -> open.add(sample.toString()));
            if (finding.undecided() > 0) {
                open.add(finding.undecided() + " rows of " + chunk + " are not decided");
            }
        }
        return open;
    }

    @Override
    public void close() throws SQLException {
        old.close();
        fresh.close();
    }
}
