package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Evaluates an expression on rows of which some may make it raise. Those are found in halves, by savepoints, and named; the
 * transaction goes on. Stateless.
 */
final class Sieve {
    private Sieve() {}

    /** @param bad in no order */
    record Sifted(List<SourceTable.Row> good, List<Ferry.Bad> bad) {}

    @FunctionalInterface
    interface Evaluation<T> {
        /** @param bad takes those that are bad for another reason */
        List<SourceTable.Row> of(List<T> some, List<Ferry.Bad> bad) throws SQLException;
    }

    /**
     * @param connection on which the expression is evaluated
     * @param key of one of the rows
     */
    static <T> Sifted of(Connection connection, List<T> all, Function<T, List<String>> key, Evaluation<T> evaluation)
            throws SQLException {
        List<SourceTable.Row> good = new ArrayList<>();
        List<Ferry.Bad> bad = new ArrayList<>();
        if (!all.isEmpty()) {
            sift(connection, all, key, evaluation, new Sifted(good, bad));
        }
        return new Sifted(good, bad);
    }

    private static <T> void sift(
            Connection connection, List<T> some, Function<T, List<String>> key, Evaluation<T> evaluation, Sifted sifted)
            throws SQLException {
        try {
            List<Ferry.Bad> bad = new ArrayList<>();
            sifted.good.addAll(attempt(connection, same -> evaluation.of(some, bad)));
            sifted.bad.addAll(bad);
            return;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            if (some.size() == 1) {
                sifted.bad.add(
                        new Ferry.Bad(key.apply(some.get(0)), String.valueOf(e.getSQLState()), Failure.words(e)));
                return;
            }
        }
        int half = some.size() / 2;
        sift(connection, some.subList(0, half), key, evaluation, sifted);
        sift(connection, some.subList(half, some.size()), key, evaluation, sifted);
    }

    /** Reads so that the transaction goes on when it fails with {@link Failure#BAD_DATA}. */
    static <T> T attempt(Connection connection, Work<T> read) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            // It takes back the statement alone, and in a snapshot no savepoint is to be had.
            return read.with(connection);
        }
        Savepoint before = connection.setSavepoint();
        try {
            T result = read.with(connection);
            connection.releaseSavepoint(before);
            return result;
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.BAD_DATA) {
                connection.rollback(before);
            }
            throw e;
        }
    }
}
