package dev.turnout.server.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** A report for people: values as lines, lists of records as tables, the rest as sections. Pure. */
public final class Markdown {
    private static final int DEEPEST = 4;

    private Markdown() {}

    public static String of(String title, Map<String, Object> report) {
        StringBuilder text = new StringBuilder("# " + title + "\n\n");
        section(text, report, 2);
        return text.toString();
    }

    /** First what is short, then what has a heading of its own; each in the order of the report. */
    private static void section(StringBuilder text, Map<?, ?> values, int depth) {
        List<String> lines = new ArrayList<>();
        values.forEach((name, value) -> {
            if (!(value instanceof Map || value instanceof List)) {
                lines.add("- " + words(name) + ": " + cell(value));
            }
        });
        if (!lines.isEmpty()) {
            text.append(String.join("\n", lines)).append("\n\n");
        }
        values.forEach((name, value) -> {
            if (value instanceof Map || value instanceof List) {
                text.append("#".repeat(Math.min(depth, DEEPEST)))
                        .append(' ')
                        .append(words(name))
                        .append("\n\n");
                body(text, value, depth);
            }
        });
    }

    private static void body(StringBuilder text, Object value, int depth) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            section(text, map, depth + 1);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            if (list.get(0) instanceof Map) {
                table(text, list);
            } else {
                list.forEach(each -> text.append("- ").append(cell(each)).append('\n'));
                text.append('\n');
            }
        } else {
            text.append("none\n\n");
        }
    }

    private static void table(StringBuilder text, List<?> rows) {
        Set<Object> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(((Map<?, ?>) row).keySet()));
        StringJoiner head = new StringJoiner(" | ", "| ", " |\n");
        columns.forEach(column -> head.add(words(column)));
        text.append(head).append("|").append(" --- |".repeat(columns.size())).append('\n');
        for (Object row : rows) {
            StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
            for (Object column : columns) {
                Object value = ((Map<?, ?>) row).get(column);
                line.add(value == null ? "" : cell(value));
            }
            text.append(line);
        }
        text.append('\n');
    }

    /** In one line, with nothing in it that would end a cell or begin markup. */
    private static String cell(Object value) {
        if (value instanceof Map<?, ?> map) {
            StringJoiner members = new StringJoiner("; ");
            map.forEach((name, member) -> members.add(words(name) + " " + cell(member)));
            return members.toString();
        }
        if (value instanceof List<?> list) {
            StringJoiner members = new StringJoiner(", ");
            list.forEach(member -> members.add(cell(member)));
            return members.toString();
        }
        return String.valueOf(value).replaceAll("\\s+", " ").replaceAll("([\\\\|<>`*_\\[\\]])", "\\\\$1");
    }

    /** {@code verifiedChunks} reads "verified chunks". */
    private static String words(Object name) {
        String text = String.valueOf(name);
        return text.matches("[a-z]+([A-Z][a-z]+)+")
                ? text.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
                : cell(text);
    }
}
