package dev.turnout.worker.remote;

import dev.turnout.migration.TableName;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries rows along a route: reads what must stand, turns it into values of the target, writes it. Knows nothing of
 * transactions: {@link Gate} says why theirs must be as they are. Immutable; one per pair of connections is not needed.
 */
final class Ferry {
    private static final int ROWS_AT_ONCE = 500;
    /** Each value of each of them is a parameter of one statement. */
    private static final int INVERTED_AT_ONCE = 100;

    private final Route route;
    private final SourceTable source;
    private final TargetTable target;
    private final Counterpart counterpart;
    private final Optional<Inverse> inverse;

    private Ferry(Route route, SourceTable source, TargetTable target, Optional<Inverse> inverse) {
        this.route = route;
        this.source = source;
        this.target = target;
        this.counterpart = new Counterpart(route, source.key(), target);
        this.inverse = inverse;
    }

    /** @throws SQLException when a table or a column is not there */
    static Ferry of(Connection from, Connection to, Route route) throws SQLException {
        SourceTable source = SourceTable.of(from, route);
        if (route.reverses().isEmpty()) {
            return new Ferry(route, source, TargetTable.of(to, route, source.up()), Optional.empty());
        }
        Inverse inverse = Inverse.of(source, to, route);
        return new Ferry(route, source, TargetTable.of(to, route, inverse.types()), Optional.of(inverse));
    }

    /** The same from one copy to another, with the same columns. */
    Ferry over(TableName from, TableName into) {
        return new Ferry(route.from(from).into(into), source.over(from), target.over(into), inverse);
    }

    Route route() {
        return route;
    }

    SourceTable source() {
        return source;
    }

    TargetTable target() {
        return target;
    }

    Counterpart counterpart() {
        return counterpart;
    }

    /** A row that cannot cross. */
    record Bad(List<String> key, String sqlState, String words) {}

    /** What must stand for one key: the values in the target's form, or why there are none. */
    record Wanted(List<String> key, List<@Nullable String> values, Optional<Bad> bad) {}

    /**
     * Some rows of a range that must stand.
     *
     * @param bad those on which the mapping raises
     * @param rest what of the range lies behind them; empty: nothing
     */
    record Page(List<SourceTable.Row> rows, List<Bad> bad, Optional<KeyRange> rest) {}

    /** The first rows of a range, in the order of their keys. */
    Page page(Connection from, KeyRange range, int most) throws SQLException {
        try {
            List<SourceTable.Row> rows = Sieve.attempt(from, same -> source.wanted(same, range, most));
            return new Page(
                    rows,
                    List.of(),
                    behind(range, rows.stream().map(SourceTable.Row::key).toList(), most));
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
        }
        List<List<String>> keys = source.keys(from, range, most);
        Sieve.Sifted sifted = wanted(from, keys);
        return new Page(sifted.good(), sifted.bad(), behind(range, keys, most));
    }

    private static Optional<KeyRange> behind(KeyRange range, List<List<String>> keys, int most) {
        return keys.size() < most ? Optional.empty() : Optional.of(range.above(keys.get(keys.size() - 1)));
    }

    private Sieve.Sifted wanted(Connection from, List<List<String>> keys) throws SQLException {
        return Sieve.of(from, keys, key -> key, (some, bad) -> source.wanted(from, some));
    }

    /** Fills the rows of a range in that are not there yet. The bad ones are left out and named. */
    List<Bad> fill(Connection from, Connection to, KeyRange range) throws SQLException {
        List<Bad> bad = new ArrayList<>();
        // Page by page: neither driver need hold more, and each page is read with the gate taken.
        for (Optional<KeyRange> rest = Optional.of(range); rest.isPresent(); ) {
            Page page = page(from, rest.get(), ROWS_AT_ONCE);
            bad.addAll(page.bad());
            List<List<@Nullable String>> rows = new ArrayList<>();
            for (SourceTable.Row row : page.rows()) {
                Wanted wanted = carry(row);
                wanted.bad().ifPresentOrElse(bad::add, () -> rows.add(wanted.values()));
            }
            Unseen.by(to, route.move(), engine -> target.insertMissing(engine, rows));
            rest = page.rest();
        }
        return bad;
    }

    /** What must stand for some keys now. */
    Delta delta(Connection from, Connection to, List<List<String>> keys) throws SQLException {
        Sieve.Sifted read = wanted(from, keys);
        Set<List<String>> gone = new LinkedHashSet<>(keys);
        read.good().forEach(row -> gone.remove(row.key()));
        read.bad().forEach(row -> gone.remove(row.key()));
        List<Wanted> standing = new ArrayList<>();
        read.bad().forEach(row -> standing.add(bad(row)));
        if (inverse.isEmpty()) {
            read.good().forEach(row -> standing.add(carry(row)));
            return new Delta(standing, List.copyOf(gone));
        }
        for (int at = 0; at < read.good().size(); at += INVERTED_AT_ONCE) {
            List<SourceTable.Row> some =
                    read.good().subList(at, Math.min(read.good().size(), at + INVERTED_AT_ONCE));
            Sieve.Sifted inverted = Sieve.of(
                    to, some, SourceTable.Row::key, (rows, bad) -> inverse.get().evaluate(to, rows, bad));
            inverted.good().forEach(row -> standing.add(carry(row)));
            inverted.bad().forEach(row -> standing.add(bad(row)));
        }
        return new Delta(standing, List.copyOf(gone));
    }

    private static Wanted bad(Bad row) {
        return new Wanted(row.key(), List.of(), Optional.of(row));
    }

    /**
     * @param standing rows to be made so; of keys that a collation takes for one asked for, too
     * @param gone keys whose row must not be there
     */
    record Delta(List<Wanted> standing, List<List<String>> gone) {}

    /** What stands otherwise than it must, for some keys. The bad ones are left out. */
    List<Comparison.Wrong> differences(Connection from, Connection to, List<List<String>> keys) throws SQLException {
        return differences(to, delta(from, to, keys));
    }

    List<Comparison.Wrong> differences(Connection to, Delta delta) throws SQLException {
        List<Wanted> good =
                delta.standing().stream().filter(row -> row.bad().isEmpty()).toList();
        List<Comparison.Wrong> wrong = new ArrayList<>(Comparison.of(
                target,
                good,
                target.found(
                        to, good.stream().map(row -> target.as(row.values())).toList())));
        for (List<String> key : delta.gone()) {
            wrong.addAll(tooMany(to, key));
        }
        return wrong;
    }

    private List<Comparison.Wrong> tooMany(Connection to, List<String> key) throws SQLException {
        Comparison.Wrong tooMany = new Comparison.Wrong(key, Comparison.THE_ROW, "none", "there");
        if (key.size() != route.key().size()) {
            return List.of(tooMany);
        }
        Optional<List<@Nullable String>> told = counterpart.told(key);
        boolean there = told.isEmpty() || !target.found(to, List.of(told.get())).isEmpty();
        return there ? List.of(tooMany) : List.of();
    }

    /** Locks the rows of the target that some keys tell, until the transaction ends. */
    void lock(Connection to, List<List<String>> keys) throws SQLException {
        target.lock(to, counterpart.toldOf(keys));
    }

    /** What must stand for rows of the source, without those that cannot cross. */
    List<Wanted> good(List<SourceTable.Row> rows) {
        return rows.stream().map(this::carry).filter(row -> row.bad().isEmpty()).toList();
    }

    /** The keys of those that cannot cross. */
    List<List<String>> bad(List<SourceTable.Row> rows) {
        return rows.stream()
                .map(this::carry)
                .filter(row -> row.bad().isPresent())
                .map(Wanted::key)
                .toList();
    }

    void upsert(Connection to, List<Wanted> rows) throws SQLException {
        Unseen.by(to, route.move(), engine -> {
            target.upsert(engine, rows.stream().map(Wanted::values).toList());
            return rows;
        });
    }

    void delete(Connection to, List<List<String>> keys) throws SQLException {
        remove(to, counterpart.toldOf(keys));
    }

    private void remove(Connection to, List<List<@Nullable String>> told) throws SQLException {
        Unseen.by(to, route.move(), engine -> {
            target.delete(engine, told);
            return told;
        });
    }

    /** Two rows may exchange a value that is unique: then the old ones have to go before the new ones come. */
    void replace(Connection to, List<Wanted> rows) throws SQLException {
        remove(to, rows.stream().map(row -> target.as(row.values())).toList());
        upsert(to, rows);
    }

    private Wanted carry(SourceTable.Row row) {
        List<@Nullable String> values = new ArrayList<>(row.values());
        for (int i = 0; i < values.size(); i++) {
            try {
                String value = values.get(i);
                values.set(i, value == null ? null : target.pairings().get(i).carry(value));
            } catch (BadValue e) {
                String words = e.at(target.columns().get(i)).getMessage();
                return new Wanted(row.key(), values, Optional.of(new Bad(row.key(), "22000", String.valueOf(words))));
            }
        }
        return new Wanted(row.key(), values, Optional.empty());
    }

    /** Keys each once, in the order of their first. */
    static List<List<String>> distinct(List<List<String>> keys) {
        return List.copyOf(new LinkedHashSet<>(keys));
    }
}
