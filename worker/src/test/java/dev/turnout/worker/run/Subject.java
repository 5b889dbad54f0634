package dev.turnout.worker.run;

import dev.turnout.migration.Move;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.WholeWay;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A migration of one shape between databases, small enough that random applications meet on its rows. */
interface Subject extends AutoCloseable {
    long RUN = 9;

    /** {@code label} from {@code name} and {@code amount} from {@code count}. */
    static Map<String, String> up() {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("label", "old.name || '!'");
        up.put("amount", "old.count + " + Item.ADDED);
        return up;
    }

    static Map<String, Move.Down> down() {
        Map<String, Move.Down> down = new LinkedHashMap<>();
        down.put("name", new Move.Down("substr(new.label, 1, char_length(new.label) - 1)", Optional.empty()));
        down.put("count", new Move.Down("new.amount - " + Item.ADDED, Optional.empty()));
        return down;
    }

    Site site(int lane);

    TestDatabase database(Side side);

    ItemTable items(Side side);

    /** In this order, until both sides are compared. */
    default List<Phase> phases() {
        return WholeWay.UP_TO_THE_RAMP;
    }

    /** After that; then the old side alone is looked at. */
    default List<Phase> wayBack() {
        return List.of();
    }

    /**
     * The side that takes a write now.
     *
     * @param by the version of the application that would like to write
     */
    default Side taking(Side by, Phase phase) throws SQLException {
        return phase == Phase.ROLLING_OUT ? by : Side.OLD;
    }

    /** Whether a phase without an end has come to where the next one may begin. */
    default boolean over(Phase phase) throws SQLException {
        return true;
    }

    /** Whether a side has a row, be it without values, of what could not be moved; if not, no application there knows of it. */
    boolean holdsUnmovable(Side side);

    /** Nobody writes any more: what was mended is taken up again, and what is on its way arrives. */
    default void settle() throws SQLException {
        SecondTry.ofAll(site(0));
    }

    /** What the engine still has open, and should not. */
    default List<String> leftOpen() throws SQLException {
        return database(Side.OLD).query("SELECT table_name, mismatches FROM turnout.chunk WHERE mismatches > 0");
    }

    /** Keys of the rows that are put aside now. */
    default Set<Integer> putAside() throws SQLException {
        return new TreeSet<>(
                database(Side.OLD).query("SELECT r.key FROM turnout.rejected r WHERE resolved_at IS NULL").stream()
                        .map(key -> Integer.valueOf(key.replaceAll("\\D", "")))
                        .toList());
    }

    @Override
    void close() throws SQLException;
}
