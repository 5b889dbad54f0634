package dev.turnout.migration;

import dev.turnout.flags.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads {@code move} and {@code analyze}. */
final class MoveReader {
    /** Rows that may be put aside when the spec does not say. */
    static final long REJECTED = 100;

    private final MappingReader mappings;

    MoveReader(SqlReader sql) {
        this.mappings = new MappingReader(sql);
    }

    List<Move> moves(Part part) {
        List<Move> moves = new ArrayList<>();
        part.entries().forEach((table, move) -> {
            if (TransferReader.isTransfer(move)) {
                return;
            }
            Names.check(move, table);
            moves.add(move(
                    table,
                    move.called("move " + table)
                            .fields(
                                    "key",
                                    "where",
                                    "in place",
                                    "up",
                                    "down",
                                    "quarantine",
                                    "required",
                                    "references",
                                    "rejected")));
        });
        if (part.isMapping() && part.entries().isEmpty()) {
            part.wrong("nothing is moved", "name a table with its key and up");
        }
        return moves;
    }

    private Move move(String table, Fields fields) {
        List<String> key = fields.need("key", "id").map(Names::several).orElse(List.of());
        Map<String, String> up = mappings.up(fields);
        Map<String, Move.Down> down = mappings.down(fields);
        List<String> required = fields.at("required", Names::several, List.of());
        Map<String, ColumnRef> references = new LinkedHashMap<>();
        fields.mapping("references").forEach((column, target) -> Names.column(target, target.text())
                .ifPresent(ref -> references.put(column, ref)));
        checkColumns(fields, key, up.keySet(), down.keySet());
        Move.Scope scope = scope(fields);
        if (!scope.settles()) {
            fields.mapping("up").forEach((column, expression) -> checkReadsOldOnly(expression, up, column));
        }
        fields.at("in place").ifPresent(part -> checkMoved(part, scope.inPlace(), up.keySet(), "in place"));
        fields.at("required").ifPresent(part -> checkMoved(part, required, up.keySet(), "required"));
        fields.mapping("references")
                .forEach((column, part) -> checkMoved(part, List.of(column), up.keySet(), "references"));
        return new Move(
                table,
                key,
                up,
                down,
                required,
                references,
                fields.at("rejected", MoveReader::rejected, REJECTED),
                scope);
    }

    private Move.Scope scope(Fields fields) {
        Map<String, String> quarantine = new LinkedHashMap<>();
        fields.mapping("quarantine")
                .forEach((reason, condition) -> quarantine.put(reason, mappings.overOld(condition, reason)));
        return new Move.Scope(
                fields.at("where").map(where -> mappings.overOld(where, "where")),
                quarantine,
                fields.at("in place", Names::several, List.of()));
    }

    private static void checkColumns(Fields fields, List<String> key, Set<String> up, Set<String> down) {
        for (String side : List.of("up", "down")) {
            fields.mapping(side).forEach((column, part) -> {
                if (key.contains(column)) {
                    part.wrong("'" + column + "' is part of the key, which never changes", "leave it out of " + side);
                }
            });
        }
        fields.mapping("down").forEach((column, part) -> {
            if (up.contains(column)) {
                part.wrong("'" + column + "' is in up and in down", "a column is either new (up) or old (down)");
            }
        });
        if (fields.has("up") && up.isEmpty()) {
            fields.owner().wrong("up gives no column", "name each new column and the expression that gives it");
        }
        if (down.isEmpty() && fields.has("down")) {
            fields.owner().wrong("down gives no column", "leave 'down' out, or name the old columns to keep current");
        }
    }

    /** A new column that depends on another one would have no value of its own to be verified against. */
    private static void checkReadsOldOnly(Part part, Map<String, String> up, String column) {
        Set<String> read = new LinkedHashSet<>(SqlText.columns(up.getOrDefault(column, ""), "old"));
        read.retainAll(up.keySet());
        read.forEach(other -> part.wrong(
                "up of " + column + " reads the new column '" + other + "'", "give it from the old columns only"));
    }

    private static void checkMoved(Part part, List<String> columns, Set<String> up, String where) {
        for (String column : columns) {
            if (!column.isEmpty() && !up.contains(column)) {
                part.wrong(
                        "'" + column + "' in " + where + " is not in up",
                        Suggestion.nearest(column, up)
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("only new columns may stand there: " + String.join(", ", up)));
            }
        }
    }

    static long rejected(Part part) {
        return part.isMapping() ? part.fields("at most").at("at most", MoveReader::count, REJECTED) : count(part);
    }

    private static long count(Part part) {
        return part.number(Long.MAX_VALUE / 2);
    }

    List<Analysis> analyses(Part part, List<Move> moves) {
        List<Analysis> analyses = new ArrayList<>();
        part.entries()
                .forEach((column, formats) -> Names.column(formats, column).ifPresent(ref -> {
                    if (moves.stream().noneMatch(move -> move.table().equals(ref.table()))) {
                        formats.wrong(
                                "analyze names the table '" + ref.table() + "', which is not moved",
                                "move it, or leave it out");
                    }
                    analyses.add(analysis(ref, formats));
                }));
        return analyses;
    }

    private static Analysis analysis(ColumnRef column, Part part) {
        Map<String, String> formats = new LinkedHashMap<>();
        Optional<Analysis.Unplaced> unplaced = Optional.empty();
        for (Map.Entry<String, Part> format : part.entries().entrySet()) {
            if (format.getKey().equals("unplaced")) {
                Fields fields = format.getValue().fields("pattern", "at most");
                String pattern = fields.need("pattern", "'^(anytime)?$'")
                        .map(MoveReader::regex)
                        .orElse("");
                Weight share = fields.need("at most", "5%").map(Part::weight).orElse(Weight.NONE);
                unplaced = Optional.of(new Analysis.Unplaced(pattern, share.percent()));
            } else {
                formats.put(format.getKey(), regex(format.getValue()));
            }
        }
        return new Analysis(column, formats, unplaced);
    }

    /**
     * PostgreSQL's expressions are close to Java's: once its own escapes are put aside, what Java cannot read is broken
     * in both. The database has the last word, before the first change.
     */
    private static String regex(Part part) {
        String pattern = part.text();
        try {
            Pattern.compile(
                    pattern.replaceAll("^\\*{3}[:=]|^\\(\\?[a-z]+\\)", "").replaceAll("\\\\[mMyY]", ""));
        } catch (PatternSyntaxException e) {
            part.wrong(
                    "the format '" + part.name() + "' is no regular expression: " + e.getDescription(),
                    "correct it at character " + Math.max(1, e.getIndex() + 1));
        }
        return pattern;
    }
}
