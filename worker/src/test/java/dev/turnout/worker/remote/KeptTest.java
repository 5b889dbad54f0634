package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which old columns a way back writes. Several old states are one new state, so its {@code down} names only one of them; the
 * area is made of another table of the old side.
 */
class KeptTest {
    private static final List<List<String>> ONE = List.of(List.of("1"));

    private enum From {
        POSTGRES,
        MYSQL;

        TestServer server() {
            return this == POSTGRES ? TestServer.POSTGRES_18 : TestServer.MYSQL;
        }
    }

    /** Row 1 on both sides, as the mapping says. */
    private static final class Bookings implements AutoCloseable {
        final TestDatabase old;
        final TestDatabase fresh = TestServer.POSTGRES_18.newDatabase();
        private final Site site;

        Bookings(TestServer from, String... more) throws SQLException {
            old = from.newDatabase();
            old.execute(
                    "CREATE TABLE regions (id int PRIMARY KEY, label varchar(40))",
                    "INSERT INTO regions VALUES (1, 'north'), (2, 'south')",
                    "CREATE TABLE bookings (id int PRIMARY KEY, status varchar(20), note varchar(20), summary varchar(40),"
                            + " region int, n bigint, origin varchar(20), tint varchar(20))",
                    "INSERT INTO bookings VALUES (1, 'deleted', 'Tea', 'whatever', 1, 5, 'the old side', 'as it was')");
            fresh.execute(
                    "CREATE TABLE events (id int PRIMARY KEY, state text, note text, area text, n bigint, colour text)",
                    "INSERT INTO events VALUES (1, 'gone', 'TEA', 'north', 9223372036854775005, 'red')");
            Map<String, String> up = Shop.ordered(
                    "state", "CASE WHEN old.status IN ('archived', 'deleted') THEN 'gone' ELSE old.status END",
                    "note", "upper(old.note)",
                    "area", "(SELECT r.label FROM regions r WHERE r.id = old.region)",
                    "n", "old.n + 9223372036854775000");
            Map<String, String> down = Shop.ordered(
                    "status", "CASE WHEN new.state = 'gone' THEN 'archived' ELSE new.state END",
                    "note", "lower(new.note)",
                    "summary", "new.state || ', ' || new.note",
                    "region", "(SELECT r.id FROM regions r WHERE r.label = new.area)",
                    "n", "new.n - 9223372036854775000",
                    "origin", "'the new side'");
            down.putAll(Shop.ordered(more));
            Map<String, Move.Down> back = new LinkedHashMap<>();
            down.forEach((column, words) -> back.put(column, new Move.Down(words, Optional.empty())));
            site = OneMove.between(old, fresh, "bookings", "events", up, back);
        }

        /** What would be written of each row: column=value, or why it cannot be; {@code written}: see {@link Kept#in}. */
        Map<String, List<String>> kept(List<List<String>> keys, Set<List<String>> written) throws SQLException {
            return site.database(Side.NEW).transaction(Limits.BOOKKEEPING, to -> site.database(Side.OLD)
                    .transaction(Limits.BOOKKEEPING, from -> kept(to, from, keys, written)));
        }

        private Map<String, List<String>> kept(
                Connection to, Connection from, List<List<String>> keys, Set<List<String>> written)
                throws SQLException {
            Ferry ferry = Ferry.of(to, from, Route.backward(site.spec()).get(0));
            List<Ferry.Wanted> standing = ferry.delta(to, from, keys).standing();
            Map<String, List<String>> kept = new TreeMap<>();
            for (Ferry.Wanted row : Kept.in(to, from, ferry, standing, written)) {
                List<String> values = new ArrayList<>();
                row.bad().ifPresent(bad -> values.add("bad: " + bad.words()));
                for (int i = 0; i < row.values().size(); i++) {
                    values.add(
                            ferry.target().columns().get(i) + "=" + row.values().get(i));
                }
                kept.put(String.join(" ", row.key()), values);
            }
            return kept;
        }

        List<String> kept() throws SQLException {
            return kept(ONE, Set.of()).getOrDefault("1", List.of());
        }

        @Override
        public void close() throws SQLException {
            old.close();
            fresh.close();
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void whatTheNewSideHasNotChangedStaysAsTheOldSideKnowsIt(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            assertThat(bookings.kept())
                    .containsExactly(
                            "id=1",
                            "status=deleted",
                            "note=Tea",
                            "summary=whatever",
                            "region=1",
                            "n=5",
                            // It reads nothing of the row, so nothing tells that it is given already.
                            "origin=the new side");
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void whatReadsAColumnThatWasChangedIsWrittenAndNothingElse(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            bookings.fresh.execute("UPDATE events SET state = 'open'");
            assertThat(bookings.kept())
                    .contains("status=open", "summary=open, TEA", "note=Tea", "region=1", "n=5")
                    .hasSize(7);
            bookings.fresh.execute("UPDATE events SET state = 'gone', note = NULL, n = NULL");
            assertThat(bookings.kept())
                    .contains("status=deleted", "summary=null", "note=null", "region=1", "n=null")
                    .hasSize(7);
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void whatTheOldSideFeedsIsWrittenWhereTheNewSideHasWrittenIt(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            // It has not arrived yet, and will by itself.
            bookings.old.execute("UPDATE regions SET label = 'far north' WHERE id = 1");
            assertThat(bookings.kept()).contains("region=1", "status=deleted");
            bookings.fresh.execute("UPDATE events SET area = 'south'");
            assertThat(bookings.kept()).contains("region=1", "status=deleted");
            assertThat(bookings.kept(ONE, Set.of(List.of("2"))).get("1")).contains("region=1", "status=deleted");
            assertThat(bookings.kept(ONE, Set.copyOf(ONE)).get("1")).contains("region=2", "status=deleted");
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void aRowThatTheOldSideDoesNotHaveIsWrittenWhole(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            bookings.fresh.execute("UPDATE events SET id = 2");
            assertThat(bookings.kept(List.of(List.of("1"), List.of("2")), Set.of()))
                    .isEqualTo(Map.of(
                            "2",
                            List.of(
                                    "id=2",
                                    "status=archived",
                                    "note=tea",
                                    "summary=gone, TEA",
                                    "region=1",
                                    "n=5",
                                    "origin=the new side")));
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void aRowOfTheOldSideOnWhichTheMappingFailsIsWrittenWhole(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            bookings.old.execute("UPDATE bookings SET n = 5000");
            assertThat(bookings.kept())
                    .contains("status=archived", "note=tea", "n=5")
                    .hasSize(7);
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void aRowThatCannotCrossStaysBadAndTheOthersAreLookedAt(From from) throws SQLException {
        try (Bookings bookings = new Bookings(from.server())) {
            bookings.fresh.execute("INSERT INTO events VALUES (2, 'open', 'x', 'north', -9223372036854775808, 'red')");
            Map<String, List<String>> kept = bookings.kept(List.of(List.of("1"), List.of("2")), Set.of());
            assertThat(kept.get("1")).contains("status=deleted").hasSize(7);
            assertThat(kept.get("2"))
                    .singleElement()
                    .asString()
                    .startsWith("bad: ")
                    .contains("out of range");
            assertThat(bookings.kept(List.of(List.of("2")), Set.of())).containsOnlyKeys("2");
            assertThat(bookings.kept(List.of(), Set.of())).isEmpty();
        }
    }

    /** Between two products it is refused: the type of such a column is not known. */
    @Test
    void whatReadsAColumnThatTheMappingDoesNotGiveIsAlwaysWritten() throws SQLException {
        try (Bookings bookings = new Bookings(TestServer.POSTGRES_18, "tint", "new.colour")) {
            assertThat(bookings.kept())
                    .contains("tint=red", "status=deleted", "note=Tea")
                    .hasSize(8);
        }
        try (Bookings bookings = new Bookings(TestServer.POSTGRES_18, "tint", "new.note || new.colour")) {
            assertThat(bookings.kept())
                    .contains("tint=TEAred", "status=deleted", "note=Tea")
                    .hasSize(8);
        }
    }
}
