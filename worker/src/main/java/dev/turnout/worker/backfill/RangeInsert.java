package dev.turnout.worker.backfill;

import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Carrying;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes the rows of the new table that follow from a range of the old one. The share lock keeps the old rows from the
 * moment they are read until the commit: whoever changed one before is read, whoever changes one later finds our row and
 * brings it up to date; a deleted row cannot come back. Immutable.
 *
 * <p>On MySQL what feeds the rows is locked as well, or the batch gives way: a row that came into the range after its rows
 * were locked may already have been touched by a change that the statement's snapshot does not show.
 *
 * <p>A row that stands already is compared and not passed over: an earlier attempt, or a trigger before the others stood,
 * may have written something older.
 */
final class RangeInsert implements RangeWrite {
    private static final String LOCK = "FOR SHARE OF old";

    private final TransferSql sql;
    private final TransferSql locking;
    private final KeySql key;
    private final Carrying carrying;
    private final boolean rivals;

    /** @param rivals on MySQL: the new table has a further unique key, whose rows may be in the way */
    RangeInsert(TransferSql sql, KeySql key, Carrying carrying, boolean rivals) {
        this.rivals = rivals;
        this.sql = sql.withParameters();
        this.locking = key.dialect().mysql() ? this.sql.locking(key.dialect().shareLockOrFail()) : this.sql;
        this.key = key;
        this.carrying = carrying;
    }

    /**
     * Where other tables feed a row, it must be locked before the statement that reads them begins: only then does that see
     * everything which was committed before.
     */
    private boolean lockedFirst() {
        return !sql.transfer().touchedBy().isEmpty();
    }

    @Override
    public Taken take(Connection connection, KeyRange rest, int size) throws SQLException {
        if (key.dialect().mysql()) {
            return key.takeOrFail(connection, rest, size);
        }
        Taken seen = Taken.seen(connection, key, rest, size);
        return lockedFirst() ? new Taken(seen.range(), (int) key.lock(connection, seen.range()), seen.last()) : seen;
    }

    @Override
    public void run(Connection connection, KeyRange range) throws SQLException {
        carrying.up(connection);
        if (lockedFirst() && sql.transfer().where().isPresent() && anyUnwanted(connection, range)) {
            execute(connection, locking.writes().removeUnwanted(key.within(range)), range);
        }
        execute(connection, upsert(range), range);
        if (rivals) {
            complete(connection, key.within(range), range);
        }
    }

    /**
     * On MySQL a DELETE waits for locks. So the whole range is read first, which waits for nobody and fails where somebody
     * holds a row that has come into it; and where there is nothing to delete, which is nearly always, nothing is.
     */
    private boolean anyUnwanted(Connection connection, KeyRange range) throws SQLException {
        if (!key.dialect().mysql()) {
            return true;
        }
        String select = locking.unwanted(key.within(range)) + key.dialect().lockOrFail();
        try (PreparedStatement any = connection.prepareStatement(select)) {
            key.bind(any, 1, range);
            try (ResultSet row = any.executeQuery()) {
                row.next();
                return row.getLong(1) > 0;
            }
        }
    }

    /** @throws SQLException of bad data (23000) when a row is not there because another one has its place */
    private void complete(Connection connection, String which, KeyRange range) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.missing(which))) {
            key.bind(select, 1, range);
            checked(select);
        }
    }

    private static void checked(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            row.next();
            if (row.getLong(1) > 0) {
                throw new SQLException("another row of the new table has a value that must be unique", "23000", 1062);
            }
        }
    }

    /** MySQL locks what it passes on its way, so it is told to walk by the key; the rows themselves are locked already. */
    private String upsert(KeyRange range) {
        if (key.dialect().mysql()) {
            return locking.writes()
                    .upsertWalking(key.table(), key.within(range), key.dialect().lockOrFail());
        }
        return locking.writes().upsert(key.within(range), LOCK);
    }

    private void execute(Connection connection, String statement, KeyRange range) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(statement)) {
            key.bind(write, 1, range);
            write.executeUpdate();
        }
    }

    @Override
    public int quarantine(Connection connection, Site site, KeyRange range) {
        return 0;
    }

    @Override
    public boolean usesIndex(Connection connection, KeyRange range) throws SQLException {
        return IndexUse.bounded(connection, key, upsert(range), range);
    }

    @Override
    public String undone() {
        return sql.where() + " AND NOT EXISTS (SELECT 1 FROM " + sql.into() + " AS new WHERE "
                + sql.key().pairs() + ")";
    }

    @Override
    public boolean again(Connection connection, List<String> row) throws SQLException {
        carrying.up(connection);
        key.lockAt(connection, row);
        bound(connection, locking.writes().remove(key.asItem(sql.key().names())), row);
        bound(
                connection,
                locking.writes()
                        .upsert(key.at(), key.dialect().mysql() ? key.dialect().lockOrFail() : ""),
                row);
        if (rivals) {
            try (PreparedStatement select = connection.prepareStatement(sql.missing(key.at()))) {
                for (int i = 0; i < row.size(); i++) {
                    select.setString(i + 1, row.get(i));
                }
                checked(select);
            }
        }
        return true;
    }

    private static void bound(Connection connection, String statement, List<String> row) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(statement)) {
            for (int i = 0; i < row.size(); i++) {
                write.setString(i + 1, row.get(i));
            }
            write.executeUpdate();
        }
    }
}
