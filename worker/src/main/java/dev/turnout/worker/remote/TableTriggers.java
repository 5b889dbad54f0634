package dev.turnout.worker.remote;

import java.util.List;

/** Triggers of one purpose on one table: their names, and the statements that make them and take them away. */
sealed interface TableTriggers permits ChangelogSql, RefuseSql {
    /** The names of the triggers that {@link #create} makes. */
    List<String> triggers();

    /** Statements, each to be run by itself. */
    List<String> create();

    /** Likewise; harmless when there is nothing to drop. */
    List<String> drop();
}
