package dev.turnout.worker.sync;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Gives copies of a transfer's two tables the same functions and triggers, for a rehearsal. Stateless and thread-safe. */
public final class TransferCopies {
    /** Far from the ordinals of real transfers, so that no name meets one of theirs. */
    private static final int BESIDE = 1_000_000;

    private TransferCopies() {}

    /** The caller's transaction must take them back. */
    public static void install(Connection connection, Site site, int ordinal, TransferSql copies) throws SQLException {
        CarrySql carry = new CarrySql(site.run(), BESIDE + ordinal, copies, true);
        Sql.run(connection, carry.create());
        Sql.run(
                connection,
                new FeedSql(
                                names(connection, site, "feed", ordinal, List.of(Side.OLD)),
                                copies.from(),
                                List.of(new FeedSql.Feed(carry, "")))
                        .create());
        Sql.run(
                connection,
                new BackSql(
                                names(connection, site, "back", ordinal, List.of(Side.NEW, Side.OLD)),
                                copies.into(),
                                List.of(carry))
                        .create());
    }

    private static TriggerNames names(Connection connection, Site site, String role, int ordinal, List<Side> sides)
            throws SQLException {
        List<String> path = new ArrayList<>();
        sides.forEach(side -> site.spec().place(side).schema().ifPresent(path::add));
        Sql.rows(connection, "SELECT unnest(current_schemas(false))").forEach(row -> path.add(row.get(0)));
        return new TriggerNames(
                site.run(), role, BESIDE + ordinal, path.stream().distinct().toList(), "for a rehearsal");
    }
}
