package dev.turnout.migration;

import java.util.Optional;

/**
 * Where a side lives.
 *
 * @param database name of a connection; its secrets live outside the spec
 * @param schema in which unqualified names are found (in MySQL: the database); empty: the connection's own
 */
public record Place(String database, Product product, Optional<String> schema) {
    /** PostgreSQL, in the schema that the connection finds. */
    public Place(String database) {
        this(database, Product.POSTGRESQL, Optional.empty());
    }
}
