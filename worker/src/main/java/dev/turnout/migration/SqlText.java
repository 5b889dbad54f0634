package dev.turnout.migration;

import dev.turnout.migration.SqlTokens.Kind;
import dev.turnout.migration.SqlTokens.Token;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What can be told about SQL of the operator without a database: which columns it mentions, where its statements end,
 * where its parameters stand. Pure functions.
 */
public final class SqlText {
    /** Functions that stand without parentheses, in either database. */
    private static final Set<String> BARE = Set.of(
            "current_date",
            "current_time",
            "current_timestamp",
            "localtime",
            "localtimestamp",
            "current_user",
            "session_user",
            "current_role",
            "utc_date",
            "utc_time",
            "utc_timestamp");

    private SqlText() {}

    /**
     * The columns that an expression mentions as {@code alias.column}, by the names the catalogue has: unquoted names
     * are folded to lower case. Empty also when only the whole row is mentioned: ask {@link #mentionsRow}.
     *
     * @param alias in lower case
     */
    public static Set<String> columns(String expression, String alias) {
        Set<String> columns = new LinkedHashSet<>();
        List<Token> tokens = SqlTokens.of(expression);
        for (int i = 0; i < tokens.size(); i++) {
            if (isAlias(tokens, i, alias) && selects(tokens, i)) {
                columns.add(tokens.get(i + 2).text());
            }
        }
        return columns;
    }

    /** The row is mentioned other than by a column: {@code old}, {@code old.*}, {@code (old).x}, {@code f(old)}. */
    public static boolean mentionsRow(String expression, String alias) {
        List<Token> tokens = SqlTokens.of(expression);
        for (int i = 0; i < tokens.size(); i++) {
            if (isAlias(tokens, i, alias) && !selects(tokens, i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The expression with the columns of one alias under another: {@code old.x} as {@code NEW.x}. A mention of the whole
     * row is left alone.
     *
     * @param alias in lower case
     */
    public static String renamed(String expression, String alias, String replacement) {
        StringBuilder renamed = new StringBuilder();
        List<Token> tokens = SqlTokens.of(expression);
        int copied = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (isAlias(tokens, i, alias) && selects(tokens, i)) {
                renamed.append(expression, copied, tokens.get(i).start()).append(replacement);
                copied = tokens.get(i).end();
            }
        }
        return renamed.append(expression, copied, expression.length()).toString();
    }

    /** Every name in the text as the catalogue would have it, key words among them. */
    public static Set<String> names(String sql) {
        Set<String> names = new LinkedHashSet<>();
        SqlTokens.of(sql).stream().filter(Token::isName).map(Token::text).forEach(names::add);
        return names;
    }

    private static boolean isAlias(List<Token> tokens, int i, String alias) {
        boolean afterDot = i > 0 && tokens.get(i - 1).is(".");
        return tokens.get(i).isName() && tokens.get(i).text().equals(alias) && !afterDot;
    }

    private static boolean selects(List<Token> tokens, int i) {
        return i + 2 < tokens.size()
                && tokens.get(i + 1).is(".")
                && tokens.get(i + 2).isName();
    }

    /**
     * The statements of a script, trimmed, without their semicolons and without those that are only comments. A
     * semicolon in parentheses (CREATE RULE) or in a body {@code BEGIN ATOMIC … END} ends nothing.
     */
    public static List<String> statements(String script) {
        return pieces(script).stream().map(Piece::text).toList();
    }

    /** @param start index of the statement's first token in the script */
    record Piece(String text, int start, List<Token> tokens) {
        /** The first words, to tell what kind of statement it is. */
        boolean begins(String... words) {
            for (int i = 0; i < words.length; i++) {
                if (i >= tokens.size() || !tokens.get(i).is(words[i])) {
                    return false;
                }
            }
            return true;
        }

        boolean holds(String word) {
            return tokens.stream().anyMatch(token -> token.is(word));
        }
    }

    static List<Piece> pieces(String script) {
        List<Piece> pieces = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        int parentheses = 0;
        int blocks = 0;
        for (Token token : SqlTokens.of(script)) {
            if (token.is(";") && parentheses <= 0 && blocks == 0) {
                addPiece(pieces, current, script);
                current = new ArrayList<>();
                parentheses = 0;
                continue;
            }
            if (token.is("(")) {
                parentheses++;
            } else if (token.is(")")) {
                parentheses--;
            } else if (opensBlock(token, current, blocks)) {
                blocks++;
            } else if (blocks > 0 && token.is("end")) {
                blocks--;
            }
            current.add(token);
        }
        addPiece(pieces, current, script);
        return pieces;
    }

    private static boolean opensBlock(Token token, List<Token> before, int blocks) {
        boolean atomic = token.is("atomic")
                && !before.isEmpty()
                && before.get(before.size() - 1).is("begin");
        return atomic || (blocks > 0 && token.is("case"));
    }

    private static void addPiece(List<Piece> pieces, List<Token> tokens, String script) {
        if (!tokens.isEmpty()) {
            int start = tokens.get(0).start();
            pieces.add(new Piece(
                    script.substring(start, tokens.get(tokens.size() - 1).end()), start, tokens));
        }
    }

    /**
     * Puts {@code ?} in place of each {@code :name} of the given names; {@code ::} is left alone, and so is whatever
     * stands in strings, quoted names and comments. An operator's own {@code ?} is doubled, as JDBC wants it.
     *
     * @param names in lower case
     */
    public static Bound bind(String sql, Set<String> names) {
        StringBuilder bound = new StringBuilder();
        List<String> positions = new ArrayList<>();
        List<Token> tokens = SqlTokens.of(sql);
        int copied = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            bound.append(sql, copied, token.start());
            copied = token.end();
            if (token.is("?")) {
                bound.append("??");
            } else if (token.is(":") && isParameter(tokens, i, names)) {
                Token name = tokens.get(++i);
                bound.append('?');
                positions.add(name.text());
                copied = name.end();
            } else {
                bound.append(sql, token.start(), token.end());
            }
        }
        return new Bound(bound.append(sql, copied, sql.length()).toString(), positions);
    }

    private static boolean isParameter(List<Token> tokens, int colon, Set<String> names) {
        if (colon + 1 >= tokens.size()) {
            return false;
        }
        Token name = tokens.get(colon + 1);
        return name.kind() == Kind.WORD && name.start() == tokens.get(colon).end() && names.contains(name.text());
    }

    /**
     * SQL for a prepared statement.
     *
     * @param parameters the name behind each {@code ?}, in order
     */
    public record Bound(String sql, List<String> parameters) {
        public Bound {
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * The functions that the text calls, by the names the catalogue has, without their schemas; also the key words that are
     * functions without parentheses ({@code current_date}). May name a little more than functions: {@code IN (…)}.
     */
    public static Set<String> calls(String sql) {
        Set<String> calls = new LinkedHashSet<>();
        List<Token> tokens = SqlTokens.of(sql);
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean called = i + 1 < tokens.size() && tokens.get(i + 1).is("(");
            boolean bare = token.kind() == Kind.WORD && BARE.contains(token.text());
            if (token.isName() && (called || bare)) {
                calls.add(token.text());
            }
        }
        return calls;
    }

    /** Whether the text is one statement that only reads, by its first word. */
    static boolean isQuery(String sql) {
        List<Piece> pieces = leavesOpen(sql).isPresent() ? List.of() : pieces(sql);
        return pieces.size() == 1
                && List.of("select", "with", "values", "table").stream().anyMatch(pieces.get(0)::begins);
    }

    /** What the text leaves open, for a message: {@code a string}, {@code a quoted name}, {@code a comment}. */
    static Optional<String> leavesOpen(String sql) {
        return SqlTokens.of(sql).stream()
                .filter(token -> !token.closed())
                .findFirst()
                .map(token -> switch (token.kind()) {
                    case STRING -> "a string";
                    case QUOTED_NAME -> "a quoted name";
                    default -> "a comment";
                });
    }

    /** Whether parentheses pair up, so that the expression can stand inside a statement of ours. */
    static boolean balanced(String expression) {
        int depth = 0;
        for (Token token : SqlTokens.of(expression)) {
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0;
    }
}
