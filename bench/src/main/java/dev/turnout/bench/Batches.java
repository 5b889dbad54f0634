package dev.turnout.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The ranges that the engine's batches took, written down by a trigger on its own checkpoints. The trigger costs the engine
 * a little, never the baseline. Not thread-safe.
 */
final class Batches implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement select;
    private long last;

    private Batches(Connection connection, PreparedStatement select) {
        this.connection = connection;
        this.select = select;
    }

    static Batches of(Rig rig) throws SQLException {
        if (rig.dialect().mysql()) {
            rig.execute("CREATE TABLE turnout.batch (n bigint AUTO_INCREMENT PRIMARY KEY, lo text, hi text)", """
                    CREATE TRIGGER turnout.note_batch AFTER UPDATE ON turnout.chunk FOR EACH ROW
                      INSERT INTO turnout.batch (lo, hi) SELECT coalesce(OLD.watermark, OLD.lo), NEW.watermark
                      FROM dual WHERE NOT (NEW.watermark <=> OLD.watermark)""");
        } else {
            rig.execute("""
                    CREATE TABLE turnout.batch (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lo text, hi text);
                    CREATE FUNCTION turnout.note_batch() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      INSERT INTO turnout.batch (lo, hi) VALUES (coalesce(OLD.watermark, OLD.lo), NEW.watermark);
                      RETURN NULL;
                    END $$;
                    CREATE TRIGGER note_batch AFTER UPDATE ON turnout.chunk FOR EACH ROW
                      WHEN (NEW.watermark IS DISTINCT FROM OLD.watermark) EXECUTE FUNCTION turnout.note_batch()""");
        }
        Connection connection = rig.connect();
        return new Batches(
                connection,
                connection.prepareStatement("SELECT n, coalesce(lo, '[\"0\"]'), hi FROM turnout.batch"
                        + " WHERE n > ? AND hi IS NOT NULL ORDER BY n"));
    }

    /** Since the last call. */
    List<Range> next() throws SQLException {
        select.setLong(1, last);
        List<Range> ranges = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                last = rows.getLong(1);
                ranges.add(new Range(number(rows.getString(2)), number(rows.getString(3))));
            }
        }
        return ranges;
    }

    /** Of a key as the engine keeps it: a JSON array with one text. */
    private static long number(String key) {
        return Long.parseLong(key.replaceAll("\\D", ""));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
