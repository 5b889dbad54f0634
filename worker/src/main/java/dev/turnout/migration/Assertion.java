package dev.turnout.migration;

import java.time.Duration;

/** What must hold over the migrated database before the rollout begins. */
public sealed interface Assertion {
    String name();

    /**
     * No row breaks it. Also asked while both sides are in use, and before the point of no return.
     *
     * @param rows query that must give no row
     * @param on the side whose tables it names
     */
    record NoRow(String name, String rows, Side on) implements Assertion {
        /** Of the old side. */
        public NoRow(String name, String rows) {
            this(name, rows, Side.OLD);
        }
    }

    /**
     * The script runs to its end: everything an application is going to do, say. Its transaction is rolled back.
     *
     * @param sql one or more statements; the first that fails breaks the assertion
     */
    record Trial(String name, String sql) implements Assertion {}

    /**
     * The plan of a query uses an index, and the query is fast. Asked on temporary copies of the tables that the sample
     * mentions and fills: a plan for a table that is empty yet says nothing.
     *
     * @param index the copy of its table has it under the same name
     * @param sample one or more statements
     * @param within the second run of the query takes no longer; real time
     */
    record Plan(String name, String query, String index, String sample, Duration within) implements Assertion {}
}
