package dev.turnout.worker.draft;

import dev.turnout.worker.jdbc.TableColumn;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table as a draft looks at it.
 *
 * @param columns by name, in their order
 * @param key of its primary key; none: it has no such key
 * @param filled columns that are given a value when nobody names them
 * @param refersTo other tables of the schema, by foreign keys
 */
record DraftTable(
        String name, Map<String, TableColumn> columns, List<String> key, Set<String> filled, Set<String> refersTo) {
    DraftTable {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        key = List.copyOf(key);
        filled = Set.copyOf(filled);
        refersTo = Set.copyOf(refersTo);
    }
}
