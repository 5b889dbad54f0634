package dev.turnout.migration;

import dev.turnout.migration.SqlTokens.Token;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What can be told about the subqueries of an operator's expression without a database. Pure functions. */
public final class Subqueries {
    private Subqueries() {}

    /**
     * The expression with a locking clause at the end of every subquery that reads a table.
     *
     * @param clause such as {@code FOR SHARE}
     */
    public static String locked(String expression, String clause) {
        StringBuilder locked = new StringBuilder();
        Deque<Boolean> reads = new ArrayDeque<>();
        List<Token> tokens = SqlTokens.of(expression);
        int copied = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                reads.push(false);
            } else if (token.is(")") && !reads.isEmpty()) {
                if (reads.pop()) {
                    locked.append(expression, copied, token.start()).append(' ').append(clause);
                    copied = token.start();
                }
            } else if (token.is("from") && isOfQuery(tokens, i)) {
                reads.pop();
                reads.push(true);
            }
        }
        return locked.append(expression, copied, expression.length()).toString();
    }

    /** Whether a subquery is put together of several ({@code UNION}) that do not each stand in parentheses. */
    public static boolean joined(String expression) {
        List<Token> tokens = SqlTokens.of(expression);
        return IntStream.range(0, tokens.size())
                .anyMatch(i ->
                        Stream.of("union", "except", "intersect").anyMatch(tokens.get(i)::is) && isOfQuery(tokens, i));
    }

    /** Whether the parentheses around a token hold a query: those of {@code EXTRACT(YEAR FROM x)} do not. */
    private static boolean isOfQuery(List<Token> tokens, int at) {
        int depth = 0;
        for (int i = at - 1; i >= 0; i--) {
            depth += tokens.get(i).is(")") ? 1 : tokens.get(i).is("(") ? -1 : 0;
            if (depth < 0) {
                return tokens.get(i + 1).is("select") || tokens.get(i + 1).is("with");
            }
        }
        return false;
    }
}
