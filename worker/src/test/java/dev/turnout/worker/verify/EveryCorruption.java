package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mutation test of the verifier: each corruption is planted past the triggers among a few hundred right rows, and the
 * verification of the chunks must name its rows and columns and no other. A subclass says which shape on which database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EveryCorruption {
    static final int CHUNK_ROWS = 50;

    /** Of the old side, with the bookkeeping. */
    final TestDatabase db;

    final String table;
    final Site site;
    private final TestDatabase fresh;
    private int planted;
    private int found;

    /** @param table where the new columns are, with a column {@code id}; also the name of the move */
    EveryCorruption(TestDatabase db, String table, TestSpec spec) {
        this(db, db, table, new Site(spec.spec(), 7, 1, 0, "a worker", db.database(), new SetClock()));
    }

    EveryCorruption(TestDatabase db, TestDatabase fresh, String table, Site site) {
        this.db = db;
        this.fresh = fresh;
        this.table = table;
        this.site = site;
    }

    abstract Stream<Corruption> corruptions();

    /** Precedes what the triggers must not see. */
    abstract String pastTheTriggers();

    /** What moves the rows. */
    List<PhaseWork> phases() {
        return List.of(
                new SyncTriggers(), new ChunkPlan(CHUNK_ROWS), Visits.backfill(Duration.ofMillis(50)), new Verify());
    }

    /** Before what was planted may be found. */
    void before(Corruption corruption) throws SQLException {}

    /** After all of it was found. */
    void after(Corruption corruption) throws SQLException {}

    @BeforeAll
    void move() throws SQLException {
        Bookkeeping.enter(site);
        for (PhaseWork phase : phases()) {
            assertThat(Visits.finish(phase, site)).isInstanceOf(Stride.Done.class);
        }
        fresh.execute("CREATE TABLE kept AS SELECT * FROM " + table);
    }

    @AfterAll
    void close() throws SQLException {
        System.out.println(getClass().getSimpleName() + ": " + planted + " planted, " + found + " found");
        db.close();
        fresh.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corruptions")
    void everyOneIsFoundWhereItIs(Corruption corruption) throws SQLException {
        planted++;
        fresh.execute(pastTheTriggers() + corruption.plants().formatted(table));
        try {
            before(corruption);
            assertThat(differing()).as(corruption.title()).containsExactlyInAnyOrderElementsOf(corruption.found());
            found++;
            after(corruption);
        } finally {
            undo();
        }
        assertThat(differing()).as("undone").isEmpty();
    }

    private void undo() throws SQLException {
        fresh.execute(pastTheTriggers() + "DELETE FROM " + table + "; INSERT INTO " + table + " SELECT * FROM kept");
    }

    /** Key and column of whatever the verification of all chunks finds. */
    final List<String> differing() throws SQLException {
        List<String> lines = new ArrayList<>();
        for (Chunk chunk :
                site.database().transaction(Limits.BOOKKEEPING, connection -> Chunks.all(connection, site, table))) {
            ChunkCheck.run(site, chunk, 0)
                    .samples()
                    .forEach(sample -> lines.add(sample.key().replaceAll("[^0-9-]", "") + " " + sample.column()));
        }
        return lines;
    }
}
