package dev.turnout.worker.analyze;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Analysis;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How the values of one column are spread over the formats of its rules, from one scan. Immutable.
 *
 * @param rows of the table
 * @param found the commonest first
 */
record Formats(Analysis analysis, long rows, List<Found> found) {
    static final String UNPLACED = "unplaced";

    /**
     * @param format name of the rule, {@code unplaced}, or the shape of values that no rule covers: 9 stands for a digit,
     *     a for a Latin letter, x for a letter of another script
     * @param examples the three commonest values
     */
    record Found(String format, boolean covered, long count, List<String> examples) {
        Found {
            examples = List.copyOf(examples);
        }
    }

    static Formats scan(Connection connection, Analysis analysis) throws SQLException {
        List<Found> found = new ArrayList<>();
        long rows = 0;
        for (List<String> row : Sql.rows(connection, sql(Dialect.of(connection), analysis))) {
            long count = Long.parseLong(row.get(2));
            // An example may be the empty text, which a missing one is as well: there are as many as there are values.
            int examples = Math.min(3, Integer.parseInt(row.get(3)));
            found.add(new Found(row.get(0), row.get(1).equals("1"), count, row.subList(4, 4 + examples)));
            rows += count;
        }
        return new Formats(analysis, rows, List.copyOf(found));
    }

    /** Values are grouped before they are matched, so that a pattern sees each value once. */
    private static String sql(Dialect dialect, Analysis analysis) {
        Stream<String> rules = analysis.formats().entrySet().stream()
                .map(rule -> "WHEN " + dialect.matches("value", dialect.literal(rule.getValue())) + " THEN "
                        + dialect.literal(rule.getKey()));
        Stream<String> unplaced = analysis.unplaced().stream()
                .map(rule -> "WHEN " + dialect.matches("value", dialect.literal(rule.pattern())) + " THEN "
                        + dialect.literal(UNPLACED));
        String everywhere = dialect.mysql() ? "" : ", 'g'";
        String column = dialect.asText(quote(analysis.column().column()));
        return """
                SELECT coalesce(format, shape), CASE WHEN format IS NULL THEN 0 ELSE 1 END, sum(occurrences), count(*),
                       max(CASE WHEN nth = 1 THEN value END), max(CASE WHEN nth = 2 THEN value END),
                       max(CASE WHEN nth = 3 THEN value END)
                FROM (
                  SELECT value, occurrences, format, shape,
                         row_number() OVER (PARTITION BY format, shape ORDER BY occurrences DESC, value) AS nth
                  FROM (
                    SELECT value, occurrences, format,
                           CASE WHEN format IS NULL THEN
                             regexp_replace(regexp_replace(regexp_replace(
                               value, '[0-9]', '9'%1$s), '[A-Za-z]', 'a'%1$s), '(?![a9])[[:alpha:]]', 'x'%1$s)
                           END AS shape
                    FROM (
                      SELECT value, occurrences, CASE %2$s END AS format
                      FROM (
                        SELECT value, count(*) AS occurrences FROM (SELECT %3$s AS value FROM %4$s) AS each_row
                        GROUP BY value
                      ) AS distinct_values
                    ) AS placed
                  ) AS shaped
                ) AS numbered
                GROUP BY format, shape
                ORDER BY 3 DESC, 1""".formatted(
                everywhere,
                Stream.concat(rules, unplaced).collect(joining(" ")),
                dialect.mysql() ? dialect.exactly("coalesce(" + column + ", '')") : "coalesce(" + column + ", '')",
                quote(analysis.column().table()));
    }

    BigDecimal percent(long count) {
        return rows == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(count * 100).divide(BigDecimal.valueOf(rows), 2, RoundingMode.HALF_UP);
    }

    /** Why no row of the table may be moved; empty when every value is provided for. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Found one : found) {
            if (!one.covered()) {
                problems.add("%s: %d rows (%s %%) of the format '%s' are covered by no rule, for example %s"
                        .formatted(analysis.column(), one.count(), percent(one.count()), one.format(), quoted(one)));
            }
        }
        analysis.unplaced().ifPresent(rule -> {
            long count = unplaced();
            // Exact, so that a share just above the limit is not rounded down to it.
            BigDecimal allowed = rule.atMostPercent().multiply(BigDecimal.valueOf(rows));
            if (BigDecimal.valueOf(count * 100).compareTo(allowed) > 0) {
                problems.add("%s: %d rows (%s %%) cannot be placed, allowed are %s %%, for example %s"
                        .formatted(
                                analysis.column(),
                                count,
                                percent(count),
                                rule.atMostPercent().toPlainString(),
                                found.stream()
                                        .filter(one -> one.format().equals(UNPLACED))
                                        .map(Formats::quoted)
                                        .collect(joining())));
            }
        });
        return problems;
    }

    private long unplaced() {
        return found.stream()
                .filter(one -> one.covered() && one.format().equals(UNPLACED))
                .mapToLong(Found::count)
                .sum();
    }

    private static String quoted(Found one) {
        return one.examples().stream().map(example -> "'" + example + "'").collect(joining(", "));
    }

    /** JSON values. */
    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("column", analysis.column().toString());
        report.put("rows", rows);
        report.put(
                "formats",
                found.stream()
                        .map(one -> Map.of(
                                "format", one.format(),
                                "covered", one.covered(),
                                "count", one.count(),
                                "percent", percent(one.count()),
                                "examples", one.examples()))
                        .toList());
        return report;
    }
}
