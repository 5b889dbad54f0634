package dev.turnout.migration;

/** The database product that a spec is written for; MariaDB counts as MySQL. */
public enum Product {
    POSTGRESQL,
    MYSQL
}
