package dev.turnout.worker.verify;

import java.util.List;
import java.util.stream.Stream;

/** What can be wrong with the rows of a table of their own. */
final class RowCorruption {
    private RowCorruption() {}

    static List<Corruption> of(Ledger ledger) {
        return List.of(
                Corruption.of("a row too few", "DELETE FROM %1$s WHERE id = 7", "7 the row"),
                Corruption.of(
                        "a row too many",
                        "INSERT INTO %1$s (id, title) VALUES (9000, 'beyond every row')",
                        "9000 the row"),
                Corruption.of(
                        "a row under another key", "UPDATE %1$s SET id = -7 WHERE id = 7", "7 the row", "-7 the row"),
                Corruption.of(
                        "two rows under each other's key",
                        "UPDATE %1$s SET id = -1 WHERE id = 7; UPDATE %1$s SET id = 7 WHERE id = 9; UPDATE %1$s SET id ="
                                + " 9 WHERE id = -1",
                        Stream.of(7, 9)
                                .flatMap(id -> ledger.values().keySet().stream()
                                        .filter(column -> !column.equals("flag"))
                                        .map(column -> id + " " + column))
                                .toArray(String[]::new)));
    }
}
