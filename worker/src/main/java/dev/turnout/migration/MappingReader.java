package dev.turnout.migration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads {@code up} and {@code down}, the two halves of a mapping. */
final class MappingReader {
    private final SqlReader sql;

    MappingReader(SqlReader sql) {
        this.sql = sql;
    }

    Map<String, String> up(Fields fields) {
        Map<String, String> up = new LinkedHashMap<>();
        fields.need("up", "{ new_column: old.column }").ifPresent(part -> part.entries()
                .forEach((column, expression) -> up.put(column, up(column, expression))));
        return up;
    }

    private String up(String column, Part part) {
        Names.check(part, column);
        return overOld(part, "up of " + column);
    }

    /** @param name for messages */
    String overOld(Part part, String name) {
        String expression = sql.expression(part);
        if (!SqlText.columns(expression, "new").isEmpty()) {
            part.wrong(name + " reads 'new'", "here the row is called 'old'");
        }
        return expression;
    }

    Map<String, Move.Down> down(Fields fields) {
        Map<String, Move.Down> down = new LinkedHashMap<>();
        fields.mapping("down").forEach((column, value) -> down.put(column, down(column, value)));
        return down;
    }

    private Move.Down down(String column, Part part) {
        Names.check(part, column);
        if (!part.isMapping()) {
            return new Move.Down(downExpression(column, part), Optional.empty());
        }
        Fields fields = part.called("down of " + column).fields("from", "otherwise");
        String from = fields.need("from", "new.column")
                .map(value -> downExpression(column, value))
                .orElse("");
        return new Move.Down(from, fields.at("otherwise").map(value -> downExpression(column, value)));
    }

    private String downExpression(String column, Part part) {
        String expression = sql.expression(part);
        if (!SqlText.columns(expression, "old").isEmpty()) {
            part.wrong("down of " + column + " reads 'old'", "in down the row is called 'new'");
        }
        return expression;
    }
}
