package dev.turnout.worker.backfill;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.Contract;
import dev.turnout.migration.Move;
import dev.turnout.migration.Place;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A small table on its way: {@code minutes} from the text {@code length}, {@code label} from {@code note}, and back. */
public final class Visits implements AutoCloseable {
    public static final long RUN = 7;

    public final TestDatabase db;
    public final SetClock clock = new SetClock();
    private Move move = new Move(
            "visits",
            List.of("id"),
            Map.of("minutes", "old.length::int", "label", "upper(old.note)"),
            Map.of(
                    "length", new Move.Down("new.minutes::text", Optional.empty()),
                    "note", new Move.Down("lower(new.label)", Optional.empty())),
            List.of("minutes"),
            Map.of(),
            5);

    public Visits(int rows) throws SQLException {
        db = TestPostgres.newDatabase();
        db.execute("""
                CREATE TABLE visits (id bigint PRIMARY KEY, length text NOT NULL, note text, minutes int, label text);
                INSERT INTO visits SELECT i * 3, (i %% 90)::text, CASE WHEN i %% 7 > 0 THEN 'note ' || i END
                FROM generate_series(1, %d) i;
                ANALYZE visits""".formatted(rows));
        Bookkeeping.enter(site(1, 0, "a"));
    }

    public Visits move(Move other) {
        this.move = other;
        return this;
    }

    public Move move() {
        return move;
    }

    public Spec spec(Assertion... assertions) {
        return new Spec(
                "visits-in-minutes",
                new Place(db.name()),
                Optional.empty(),
                new Spec.FlagBinding("minutes", Optional.empty()),
                List.of(),
                List.of(),
                List.of(move),
                List.of(),
                List.of(assertions),
                Duration.ofHours(24),
                new Plan(List.of(new Step(Weight.ofPercent(BigDecimal.valueOf(100)), Duration.ofDays(1), false)), 1),
                List.of(),
                List.of(),
                new Contract(Duration.ofDays(14), true, true, true, List.of()),
                List.of(),
                Tuning.NONE,
                "hash");
    }

    public Site site(long epoch, int lane, String worker) {
        return new Site(spec(), RUN, epoch, lane, worker, db.database(), clock);
    }

    public Site site() {
        return site(1, 0, "a");
    }

    public static Backfill backfill() {
        return backfill(Duration.ofMillis(50));
    }

    public static Backfill backfill(Duration target) {
        return backfill(Tuning.NONE, () -> new Effort(target, 3));
    }

    public static Backfill backfill(Tuning tuning, Supplier<Effort> effort) {
        return new Backfill(new Gauge(Throttle.DEFAULT, () -> tuning, new SetClock()), effort);
    }

    public Visits planned(int chunkRows) throws SQLException {
        finish(new ChunkPlan(chunkRows), site());
        return this;
    }

    public Visits moved() throws SQLException {
        finish(backfill(), site());
        return this;
    }

    /** Strides until the phase is done or stops. */
    public static Stride finish(PhaseWork work, Site site) throws SQLException {
        while (true) {
            Stride stride = work.stride(site);
            if (stride instanceof Stride.Done || stride instanceof Stride.Stop) {
                return stride;
            }
        }
    }

    /** Rows whose new columns are not what the mapping says. */
    public String differing() throws SQLException {
        return db.one("SELECT count(*) FROM visits WHERE minutes IS DISTINCT FROM length::int"
                + " OR label IS DISTINCT FROM upper(note)");
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}
