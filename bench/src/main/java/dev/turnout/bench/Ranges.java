package dev.turnout.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The key ranges that the engine's batches took, written down by a trigger on its own checkpoints: so that the same
 * statements can be issued raw. The trigger costs the engine a little, never the baseline.
 */
record Ranges(List<Range> list) {
    Ranges {
        list = List.copyOf(list);
    }

    /** Half-open: {@code lo < id <= hi}. */
    record Range(long lo, long hi) {}

    static void record(Hospital hospital) throws SQLException {
        hospital.execute("""
                CREATE TABLE public.batch (n bigint GENERATED ALWAYS AS IDENTITY, lo text, hi text);
                CREATE FUNCTION public.note_batch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO public.batch (lo, hi) VALUES ((coalesce(OLD.watermark, OLD.lo))[1], NEW.watermark[1]);
                  RETURN NULL;
                END $$;
                CREATE TRIGGER note_batch AFTER UPDATE ON turnout.chunk FOR EACH ROW
                  WHEN (NEW.watermark IS DISTINCT FROM OLD.watermark) EXECUTE FUNCTION public.note_batch()""");
    }

    static Ranges recorded(Hospital hospital) throws SQLException {
        List<Range> list = new ArrayList<>();
        try (Connection connection = hospital.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT coalesce(lo::bigint, 0), hi::bigint FROM public.batch WHERE hi IS NOT NULL ORDER BY n")) {
            while (rows.next()) {
                list.add(new Range(rows.getLong(1), rows.getLong(2)));
            }
        }
        return new Ranges(list);
    }

    /** Issues the UPDATE once per range, each a transaction, and nothing else. */
    void issue(Hospital hospital, String update) throws SQLException {
        try (Connection connection = hospital.connect()) {
            try (Statement set = connection.createStatement()) {
                set.execute("SET turnout.backfill = 'on'; SET plan_cache_mode = force_custom_plan; SET jit = off");
            }
            try (PreparedStatement statement = connection.prepareStatement(update)) {
                for (Range range : list) {
                    statement.setLong(1, range.lo());
                    statement.setLong(2, range.hi());
                    statement.executeUpdate();
                }
            }
        }
    }
}
