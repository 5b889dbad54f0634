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

    /**
     * One statement of a {@code make} file. What it makes is derived by trying it out, and with it what shows that it is
     * there and what takes it away; of what is there already nothing is made again.
     *
     * @param nth its place in the file, from 1
     */
    record Make(String file, int nth, Ddl ddl) implements ExpandStep {
        @Override
        public String title() {
            return "make " + file + " #" + nth + ", " + ddl.title();
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
