package dev.turnout.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads those entries of {@code move} that go from one table into another: they have {@code from}. */
final class TransferReader {
    private final SqlReader sql;
    private final MappingReader mappings;

    TransferReader(SqlReader sql) {
        this.sql = sql;
        this.mappings = new MappingReader(sql);
    }

    static boolean isTransfer(Part entry) {
        return entry.isMapping()
                && (entry.entries().containsKey("from") || entry.entries().containsKey("into"));
    }

    List<Transfer> transfers(Part part) {
        List<Transfer> transfers = new ArrayList<>();
        part.entries().forEach((name, entry) -> {
            if (isTransfer(entry)) {
                transfers.add(transfer(
                        name,
                        entry.called("move " + name)
                                .fields(
                                        "from",
                                        "key",
                                        "where",
                                        "into",
                                        "as",
                                        "up",
                                        "down",
                                        "touched by",
                                        "stays",
                                        "rejected")));
            }
        });
        return transfers;
    }

    private Transfer transfer(String name, Fields fields) {
        List<String> key = fields.need("key", "id").map(Names::several).orElse(List.of());
        Map<String, String> up = mappings.up(fields);
        TableName into = fields.at("into", Names::table, TableName.of(name));
        if (!fields.has("into")) {
            Names.check(fields.owner(), name);
        }
        return new Transfer(
                name,
                fields.need("from", "the old table").map(Names::table).orElse(TableName.of("")),
                key,
                fields.at("where").map(this::condition),
                into,
                as(fields, key, up),
                up,
                down(fields, key),
                touchedBy(fields),
                fields.at("stays", Part::yes, false),
                fields.at("rejected", MoveReader::rejected, MoveReader.REJECTED));
    }

    /** Without {@code as}: the columns that are given the key as it is. */
    private static List<String> as(Fields fields, List<String> key, Map<String, String> up) {
        Part where = fields.at("as").orElse(fields.owner());
        List<String> as = new ArrayList<>(fields.at("as", Names::several, List.of()));
        for (String column : as) {
            String expression = up.get(column);
            if (expression == null) {
                where.wrong("'" + column + "' in as is not in up", "name columns that up gives");
            } else if (!Transfer.constant(expression)
                    && Transfer.plainColumn(expression).filter(key::contains).isEmpty()) {
                where.wrong(
                        "'" + column + "' in as is neither a key column nor a constant: " + expression,
                        "a row of the new table must be found by the old key alone: give it as old.column");
            }
        }
        boolean given = fields.has("as");
        for (String column : key) {
            Optional<String> holder = up.entrySet().stream()
                    .filter(entry -> !given || as.contains(entry.getKey()))
                    .filter(entry -> Transfer.plainColumn(entry.getValue()).equals(Optional.of(column)))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (holder.isEmpty() && !up.isEmpty()) {
                where.wrong(
                        "no column of the new table holds the key column '" + column + "'",
                        "add a column to up that is given old." + column + (given ? ", and name it in as" : ""));
            } else if (!given) {
                holder.ifPresent(as::add);
            }
        }
        return as;
    }

    private Map<String, Move.Down> down(Fields fields, List<String> key) {
        Map<String, Move.Down> down = mappings.down(fields);
        fields.mapping("down").forEach((column, part) -> {
            if (key.contains(column)) {
                part.wrong("'" + column + "' is part of the key, which never changes", "leave it out of down");
            }
        });
        if (fields.has("down") && down.isEmpty()) {
            fields.owner().wrong("down gives no column", "leave 'down' out, or name the old columns to keep current");
        }
        return down;
    }

    private Map<String, String> touchedBy(Fields fields) {
        Map<String, String> touchedBy = new LinkedHashMap<>();
        fields.mapping("touched by").forEach((table, part) -> {
            Names.check(part, table);
            String condition = condition(part);
            if (!condition.isEmpty() && SqlText.columns(condition, "it").isEmpty()) {
                part.wrong(
                        "touched by " + table + " does not read 'it'",
                        "the changed row of " + table + " is called 'it', the row that it belongs to 'old'");
            }
            touchedBy.put(table, condition);
        });
        return touchedBy;
    }

    private String condition(Part part) {
        String condition = sql.expression(part);
        if (!SqlText.columns(condition, "new").isEmpty()) {
            part.wrong(part.name() + " reads 'new'", "the row is called 'old'");
        }
        return condition;
    }
}
