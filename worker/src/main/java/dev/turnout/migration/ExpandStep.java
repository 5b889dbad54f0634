package dev.turnout.migration;

import java.util.Map;

/** One additive change, with what shows that it is there and what takes it away. */
public sealed interface ExpandStep {
    /** For logs and reports, for example {@code run services.sql}. */
    String title();

    /**
     * SQL of the operator.
     *
     * @param sql one or more statements, run in one transaction
     * @param undo takes {@code sql} back exactly
     * @param verify query to the text of the one value it must give
     * @param on the side that it changes
     */
    record Run(String file, String sql, String undo, Map<String, String> verify, Side on) implements ExpandStep {
        public Run {
            verify = Ordered.copy(verify);
        }

        /** On the old side. */
        public Run(String file, String sql, String undo, Map<String, String> verify) {
            this(file, sql, undo, verify, Side.OLD);
        }

        @Override
        public String title() {
            return "run " + file;
        }
    }

    /** Nullable columns without a default: verify and undo are derived. */
    record Columns(String table, Map<String, String> types) implements ExpandStep {
        public Columns {
            types = Ordered.copy(types);
        }

        @Override
        public String title() {
            return "add columns " + table + " (" + String.join(", ", types.keySet()) + ")";
        }
    }
}
