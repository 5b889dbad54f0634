package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RemoteMysqlToPostgresCorruptionTest extends RemoteCorruption {
    private static final Ledger LEDGER = Ledger.MYSQL_TO_POSTGRESQL;

    /** What PostgreSQL tells apart and MySQL does not, or cannot hold: nothing of that can be lost on the way. */
    private static final Map<String, String> NEVER_THERE = Map.of(
            "the scale of a decimal", "MySQL keeps it in the column, not in the value",
            "the scale of a decimal in an array", "MySQL has no arrays",
            "the scale of a JSON number",
                    "a number of JSON crosses by its value, as neither server keeps all spellings",
            "white space in a JSON text", "MySQL keeps JSON, and no text of it",
            "days as hours", "MySQL has no intervals");

    private static final List<Corruption> BETWEEN_THE_TWO = List.of(
            one("the last digit of an unsigned number beyond all signed ones", "huge", "huge - 1"),
            one("an hour of an instant, as between time zones", "instant", "instant + interval '1 hour'"),
            one("a microsecond of an instant", "instant", "instant + interval '0.000001' SECOND"),
            one("the last digit of a UUID that was binary", "ident", "'00000000-0000-0000-0000-000000000008'"),
            one("a bit", "mask", "~mask"),
            one("a bit string as long and zero", "mask", "B'00000000'"),
            one("a day", "day", "day + 1"),
            one("a microsecond of a time", "clock", "clock + interval '0.000001' SECOND"),
            one("the order of a set's labels", "tags", "ARRAY['tag 7', 'a']"),
            one("a label twice", "tags", "ARRAY['a', 'tag 7', 'tag 7']"));

    RemoteMysqlToPostgresCorruptionTest() throws SQLException {
        super(
                filled(TestServer.MYSQL.newDatabase()),
                RemotePostgresToPostgresCorruptionTest.target(TestServer.POSTGRES_18.newDatabase(), LEDGER),
                LEDGER);
    }

    private static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute("CREATE TABLE ledger (id int PRIMARY KEY, " + LEDGER.oldColumns() + ")");
        db.execute(LEDGER.rows().toArray(String[]::new));
        return db;
    }

    private static Corruption one(String title, String column, String value) {
        return Corruption.of(title, "UPDATE %1$s SET " + column + " = " + value + " WHERE id = 7", "7 " + column);
    }

    private static Stream<Corruption> known() {
        return Stream.of(Corruption.ANYWHERE, PostgresCorruption.ALL, RowCorruption.of(LEDGER), BETWEEN_THE_TWO)
                .flatMap(List::stream);
    }

    @Override
    Stream<Corruption> corruptions() {
        return known().filter(corruption -> !NEVER_THERE.containsKey(corruption.title()));
    }

    @Test
    void whatIsLeftOutIsNamed() {
        assertThat(known().map(Corruption::title)).containsAll(NEVER_THERE.keySet());
        NEVER_THERE.forEach((title, why) -> System.out.println("not planted: " + title + ": " + why));
    }
}
