package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
                                // Nobody else writes a copy, and no application should wait for one.
                                List.of(FeedSql.Feed.own(carry, Map.of())))
                        .create());
        Sql.run(
                connection,
                new BackSql(
                                names(connection, site, "back", ordinal, List.of(Side.NEW, Side.OLD)),
                                copies.into(),
                                List.of(carry))
                        .create());
    }

    /**
     * The same on MySQL, by statements that commit. The triggers go with the copies, the procedures by {@link #removeFrom}.
     *
     * @param home database in which the copies are
     */
    public static void install(Connection connection, String home, Site site, int ordinal, TransferSql copies)
            throws SQLException {
        MySqlCarrySql carry = new MySqlCarrySql(home, site.run(), BESIDE + ordinal, copies);
        for (MySqlCarrySql.Procedure procedure : carry.procedures().values()) {
            Sql.statement(connection, procedure.create(home));
        }
        if (!copies.transfer().down().isEmpty()) {
            Sql.statement(connection, new MySqlReturnSql(carry).procedure().create(home));
        }
        triggers(connection, copies.from(), new MySqlFeedSql(List.of(new MySqlFeedSql.Feed(carry, ""))).bodies());
        triggers(connection, copies.into(), new MySqlBackSql(List.of(carry)).bodies());
    }

    private static void triggers(Connection connection, String copy, Map<String, String> bodies) throws SQLException {
        for (Map.Entry<String, String> body : bodies.entrySet()) {
            String name = copy.replace("\"", "") + "_" + body.getKey().toLowerCase(Locale.ROOT);
            Sql.statement(
                    connection,
                    "CREATE TRIGGER " + quote(name) + " AFTER " + body.getKey() + " ON " + copy + " FOR EACH ROW "
                            + body.getValue());
        }
    }

    /** Drops the procedures; harmless when there are none. */
    public static void removeFrom(Connection connection, String home, Site site, int ordinal) throws SQLException {
        for (boolean up : List.of(true, false)) {
            for (String name : MySqlCarrySql.procedures(site.run(), BESIDE + ordinal, up)) {
                Sql.statement(connection, "DROP PROCEDURE IF EXISTS " + quote(home) + "." + quote(name));
            }
        }
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
