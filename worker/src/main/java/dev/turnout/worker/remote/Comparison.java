package dev.turnout.worker.remote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares what must stand with what stands, value by value, in the form that both products share. Pure. */
final class Comparison {
    static final String THE_ROW = "the row";

    private Comparison() {}

    /** A value that is not what the mapping says; a column of "the row" when it is the row that is missing or too many. */
    record Wrong(List<String> key, String column, String expected, String found) {}

    /**
     * @param wanted rows that must stand, good ones
     * @param found what the target has under the same values of {@code as}
     */
    static List<Wrong> of(TargetTable target, List<Ferry.Wanted> wanted, List<List<@Nullable String>> found) {
        Map<List<@Nullable String>, List<@Nullable String>> standing = new HashMap<>();
        found.forEach(row -> standing.put(target.as(row), row));
        List<Wrong> wrong = new ArrayList<>();
        for (Ferry.Wanted row : wanted) {
            List<@Nullable String> is = standing.get(target.as(row.values()));
            if (is == null) {
                wrong.add(new Wrong(row.key(), THE_ROW, "there", "missing"));
                continue;
            }
            for (int i = 0; i < is.size(); i++) {
                if (!Objects.equals(is.get(i), row.values().get(i))) {
                    wrong.add(new Wrong(
                            row.key(),
                            target.columns().get(i),
                            shown(row.values().get(i)),
                            shown(is.get(i))));
                }
            }
        }
        return wrong;
    }

    private static String shown(@Nullable String value) {
        return value == null ? "NULL" : value;
    }
}
