package dev.turnout.migration;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts PostgreSQL's SQL into tokens by the rules of its manual, section "Lexical Structure": it knows where strings,
 * quoted names, dollar quotes and nested comments end, and nothing of grammar. MySQL's is the same in the ANSI mode of our
 * sessions, but for backticks. Never fails: what is not closed runs to the end of the text.
 */
final class SqlTokens {
    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private SqlTokens(String sql) {
        this.sql = sql;
    }

    enum Kind {
        /** An unquoted name or key word; the text is folded to lower case. */
        WORD,
        /** The text is without the quotes. */
        QUOTED_NAME,
        STRING,
        NUMBER,
        /** {@code $1} */
        PARAMETER,
        /** One character, or {@code ::} or {@code :=}. */
        SYMBOL
    }

    /**
     * @param start index of its first character, {@code end} that after its last
     * @param closed false when a string, name or comment lacks its end
     */
    record Token(Kind kind, String text, int start, int end, boolean closed) {
        boolean is(String symbolOrWord) {
            return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equals(symbolOrWord);
        }

        boolean isName() {
            return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
        }
    }

    /** Without white space and comments, but for a comment that is never closed: it is the last token. */
    static List<Token> of(String sql) {
        SqlTokens cutter = new SqlTokens(sql);
        while (cutter.at < sql.length()) {
            cutter.next();
        }
        return List.copyOf(cutter.tokens);
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
        } else if (sql.startsWith("/*", at)) {
            skipComment();
        } else if (c == '\'') {
            string(at, false);
        } else if (c == '"' || c == '`') {
            quotedName(at);
        } else if (c == '$') {
            dollar();
        } else if (Character.isDigit(c)) {
            number();
        } else if (startsWord(c)) {
            word();
        } else {
            int length = sql.startsWith("::", at) || sql.startsWith(":=", at) ? 2 : 1;
            add(Kind.SYMBOL, sql.substring(at, at + length), at, at + length, true);
        }
    }

    /** Block comments nest, unlike those of C. */
    private void skipComment() {
        int start = at;
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
        if (depth > 0) {
            add(Kind.SYMBOL, "/*", start, sql.length(), false);
        }
    }

    /** A doubled quote stands for itself; a backslash escapes only in {@code E'…'}. */
    private void string(int start, boolean backslashes) {
        int i = sql.indexOf('\'', start) + 1;
        for (; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '\\' && backslashes) {
                i++;
            } else if (c == '\'' && !sql.startsWith("''", i)) {
                add(Kind.STRING, sql.substring(start, i + 1), start, i + 1, true);
                return;
            } else if (c == '\'') {
                i++;
            }
        }
        add(Kind.STRING, sql.substring(start), start, sql.length(), false);
    }

    /** Backticks are MySQL's own way to quote a name. */
    private void quotedName(int start) {
        int open = sql.charAt(start) == '`' ? start : sql.indexOf('"', start);
        char quote = sql.charAt(open);
        String doubled = "" + quote + quote;
        int i = open + 1;
        while (i < sql.length() && (sql.charAt(i) != quote || sql.startsWith(doubled, i))) {
            i += sql.charAt(i) == quote ? 2 : 1;
        }
        boolean closed = i < sql.length();
        int inner = Math.min(i, sql.length());
        String name = sql.substring(open + 1, inner).replace(doubled, String.valueOf(quote));
        add(Kind.QUOTED_NAME, name, start, closed ? inner + 1 : inner, closed);
    }

    /** {@code $1}, or a string {@code $tag$…$tag$} whose tag is empty or a name without a dollar. */
    private void dollar() {
        int i = at + 1;
        while (i < sql.length() && Character.isDigit(sql.charAt(i))) {
            i++;
        }
        if (i > at + 1) {
            add(Kind.PARAMETER, sql.substring(at, i), at, i, true);
            return;
        }
        while (i < sql.length() && (startsWord(sql.charAt(i)) || Character.isDigit(sql.charAt(i)))) {
            i++;
        }
        if (i >= sql.length() || sql.charAt(i) != '$') {
            add(Kind.SYMBOL, "$", at, at + 1, true);
            return;
        }
        String tag = sql.substring(at, i + 1);
        int close = sql.indexOf(tag, i + 1);
        int end = close < 0 ? sql.length() : close + tag.length();
        add(Kind.STRING, sql.substring(at, end), at, end, close >= 0);
    }

    private void number() {
        int i = at;
        while (i < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(i)) || sql.charAt(i) == '_' || sql.charAt(i) == '.')) {
            i++;
        }
        add(Kind.NUMBER, sql.substring(at, i), at, i, true);
    }

    /** Also finds the strings and names with a prefix: {@code E'' B'' X'' N'' U&'' U&""}. */
    private void word() {
        int i = at + 1;
        while (i < sql.length()
                && (startsWord(sql.charAt(i)) || Character.isDigit(sql.charAt(i)) || sql.charAt(i) == '$')) {
            i++;
        }
        String word = folded(sql.substring(at, i));
        if (i < sql.length() && sql.charAt(i) == '\'' && word.length() == 1 && "ebxn".contains(word)) {
            string(at, word.equals("e"));
        } else if (word.equals("u") && sql.startsWith("&'", i)) {
            string(at, false);
        } else if (word.equals("u") && sql.startsWith("&\"", i)) {
            quotedName(at);
        } else {
            add(Kind.WORD, word, at, i, true);
        }
    }

    /** As PostgreSQL folds in a UTF-8 database: ASCII letters only. */
    private static String folded(String word) {
        StringBuilder lower = new StringBuilder(word);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return lower.toString();
    }

    /** Letters of any script may stand in a name without quotes. */
    private static boolean startsWord(char c) {
        return Character.isLetter(c) || c == '_' || c >= 0x80;
    }

    private void add(Kind kind, String text, int start, int end, boolean closed) {
        tokens.add(new Token(kind, text, start, end, closed));
        at = end;
    }
}
