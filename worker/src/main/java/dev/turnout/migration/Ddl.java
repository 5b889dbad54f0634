package dev.turnout.migration;

import dev.turnout.migration.SqlTokens.Kind;
import dev.turnout.migration.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A statement of a {@code make} file, and what can be told about it without a database. Names are as the catalogue has
 * them. Immutable.
 *
 * @param target the table that is made, indexed or altered; the type that is made or gets a value
 * @param adds the columns, constraints, the index or the label that are added to it; empty for what is created
 * @param concurrently it builds an index outside a transaction
 * @param names every name that it mentions, key words among them
 */
public record Ddl(String sql, Verb verb, String target, List<String> adds, boolean concurrently, Set<String> names) {
    public Ddl {
        adds = List.copyOf(adds);
        names = Set.copyOf(names);
    }

    public enum Verb {
        CREATE_TABLE,
        CREATE_INDEX,
        CREATE_TYPE,
        ADD_VALUE,
        ALTER_TABLE,
        /** {@code ALTER TABLE … VALIDATE CONSTRAINT}, which reads every row and keeps no writer waiting. */
        VALIDATE
    }

    /** The same, to be tried out in a transaction on tables of its own. */
    public String inTransaction() {
        if (!concurrently) {
            return sql;
        }
        Token word = SqlTokens.of(sql).stream()
                .filter(token -> token.is("concurrently"))
                .findFirst()
                .orElseThrow();
        return sql.substring(0, word.start()) + sql.substring(word.end());
    }

    /** On one line, cut off where it gets long. */
    public String title() {
        String line = sql.replaceAll("\\s+", " ");
        int end = line.indexOf(" (");
        String head = verb == Verb.CREATE_TABLE && end > 0 ? line.substring(0, end) : line;
        return head.length() > 100 ? head.substring(0, 99) + "…" : head;
    }

    /** @return empty when the statement is none that a {@code make} file may hold */
    static Optional<Ddl> of(String sql) {
        return new Reader(sql, SqlTokens.of(sql)).read();
    }

    /** Whether a name in the statement is written with its schema. */
    static boolean namesASchema(String sql) {
        List<Token> tokens = SqlTokens.of(sql);
        return IntStream.range(1, tokens.size() - 1)
                .anyMatch(i -> tokens.get(i).is(".")
                        && tokens.get(i - 1).isName()
                        && tokens.get(i + 1).isName());
    }

    /** It adds a foreign key to a table and looks at every row of it under a lock. */
    boolean scansForAForeignKey() {
        return verb == Verb.ALTER_TABLE
                && names.contains("references")
                && !sql.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT).contains("not valid");
    }

    private static final class Reader {
        private final String sql;
        private final List<Token> tokens;
        private int at;

        Reader(String sql, List<Token> tokens) {
            this.sql = sql;
            this.tokens = tokens;
        }

        Optional<Ddl> read() {
            if (skip("create")) {
                return create();
            }
            return skip("alter") ? alter() : Optional.empty();
        }

        private Optional<Ddl> create() {
            boolean unlogged = skip("unlogged");
            if (skip("table")) {
                skip("if", "not", "exists");
                return name().map(table -> ddl(Verb.CREATE_TABLE, table, List.of(), false));
            }
            if (unlogged) {
                return Optional.empty();
            }
            if (skip("type")) {
                return name().filter(type -> skip("as", "enum"))
                        .map(type -> ddl(Verb.CREATE_TYPE, type, List.of(), false));
            }
            skip("unique");
            return skip("index") ? index() : Optional.empty();
        }

        private Optional<Ddl> index() {
            boolean concurrently = skip("concurrently");
            skip("if", "not", "exists");
            Optional<String> index = name().filter(name -> !name.equals("on"));
            boolean on = skip("on");
            skip("only");
            return index.filter(name -> on)
                    .flatMap(name -> name().map(table -> ddl(Verb.CREATE_INDEX, table, List.of(name), concurrently)));
        }

        private Optional<Ddl> alter() {
            if (skip("type")) {
                Optional<String> type = name().filter(name -> skip("add", "value"));
                skip("if", "not", "exists");
                return type.flatMap(name -> label().map(label -> ddl(Verb.ADD_VALUE, name, List.of(label), false)));
            }
            if (!skip("table")) {
                return Optional.empty();
            }
            skip("only");
            return name().flatMap(this::actions);
        }

        private Optional<Ddl> actions(String table) {
            List<String> adds = new ArrayList<>();
            boolean validates = false;
            do {
                if (skip("validate", "constraint")) {
                    validates = true;
                } else if (!skip("add")) {
                    return Optional.empty();
                } else if (!skip("constraint")) {
                    if (Set.of("primary", "unique", "check", "foreign", "exclude")
                            .contains(tokens.get(at).text())) {
                        return Optional.empty();
                    }
                    skip("column");
                    skip("if", "not", "exists");
                }
                Optional<String> added = name();
                if (added.isEmpty()) {
                    return Optional.empty();
                }
                adds.add(added.get());
            } while (nextAction());
            if (validates && adds.size() > 1) {
                return Optional.empty();
            }
            return Optional.of(ddl(validates ? Verb.VALIDATE : Verb.ALTER_TABLE, table, adds, false));
        }

        private boolean nextAction() {
            for (int depth = 0; at < tokens.size(); at++) {
                Token token = tokens.get(at);
                depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
                if (depth == 0 && token.is(",")) {
                    at++;
                    return at < tokens.size();
                }
            }
            return false;
        }

        private Ddl ddl(Verb verb, String target, List<String> adds, boolean concurrently) {
            return new Ddl(sql, verb, target, adds, concurrently, SqlText.names(sql));
        }

        private boolean skip(String... words) {
            for (int i = 0; i < words.length; i++) {
                if (at + i >= tokens.size() || !tokens.get(at + i).is(words[i])) {
                    return false;
                }
            }
            at += words.length;
            return true;
        }

        private Optional<String> name() {
            return at < tokens.size() && tokens.get(at).isName()
                    ? Optional.of(tokens.get(at++).text())
                    : Optional.empty();
        }

        private Optional<String> label() {
            if (at >= tokens.size() || tokens.get(at).kind() != Kind.STRING) {
                return Optional.empty();
            }
            String text = tokens.get(at++).text();
            return text.startsWith("'")
                    ? Optional.of(text.substring(1, text.length() - 1).replace("''", "'"))
                    : Optional.empty();
        }
    }
}
