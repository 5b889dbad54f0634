package dev.turnout.worker.expand;

import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the verify queries of a step must give, against what they give. Stateless and thread-safe. */
public final class Expected {
    private Expected() {}

    /** Every difference, with expected and found; empty when all is as expected. */
    public static List<String> unmet(Connection connection, Map<String, String> verify) throws SQLException {
        List<String> unmet = new ArrayList<>();
        for (Map.Entry<String, String> one : verify.entrySet()) {
            String found = Sql.value(connection, one.getKey()).orElse("nothing");
            if (!found.equals(one.getValue())) {
                unmet.add("'" + one.getKey() + "' should give " + one.getValue() + ", gives " + found);
            }
        }
        return unmet;
    }
}
