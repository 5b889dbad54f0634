package dev.turnout.migration;

import dev.turnout.migration.SqlText.Piece;
import dev.turnout.migration.SqlTokens.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what the operator wrote in SQL: files, queries, expressions; checks what needs no database. */
final class SqlReader {
    private static final Set<String> TRANSACTION_WORDS =
            Set.of("begin", "commit", "rollback", "end", "abort", "savepoint", "release");

    private static final String MAKES =
            "it holds CREATE TABLE, CREATE INDEX, CREATE TYPE … AS ENUM, ALTER TYPE … ADD VALUE"
                    + " and ALTER TABLE … ADD COLUMN, ADD CONSTRAINT name or VALIDATE CONSTRAINT; put others into a step that"
                    + " 'run's";

    private final Bundle bundle;
    private final Problems problems;

    SqlReader(Bundle bundle, Problems problems) {
        this.bundle = bundle;
        this.problems = problems;
    }

    /** The script in the file that the part names; empty text when there is none. */
    String script(Part fileName, boolean concurrently) {
        return script(fileName, fileName.text(), concurrently);
    }

    /** The script in the file that the part names or, where there is one, in its variant for the product. */
    String script(Part fileName, Product product, boolean concurrently) {
        String variant = BundleFiles.variant(fileName.text(), product);
        return script(fileName, bundle.files().containsKey(variant) ? variant : fileName.text(), concurrently);
    }

    private String script(Part fileName, String name, boolean concurrently) {
        if (name.isEmpty()) {
            return "";
        }
        if (!BundleFiles.beside(name)) {
            fileName.wrong(
                    "'" + name + "' lies outside the spec's directory",
                    "put the file beside the spec or below, and name it from there");
            return "";
        }
        String script = bundle.files().get(name);
        if (script == null) {
            fileName.wrong("there is no file '" + name + "'", "make it beside the spec, or correct the name");
            return "";
        }
        checkScript(name, script, concurrently);
        return script;
    }

    private void checkScript(String file, String script, boolean concurrently) {
        for (Token token : SqlTokens.of(script)) {
            if (!token.closed()) {
                wrongIn(
                        file,
                        script,
                        token.start(),
                        "something opened here is never closed",
                        "close the quote or comment");
                return;
            }
            if (token.is("\\")) {
                wrongIn(file, script, token.start(), "a backslash command is psql's, not SQL", "write it in SQL");
                return;
            }
        }
        List<Piece> pieces = SqlText.pieces(script);
        if (pieces.isEmpty()) {
            problems.addIn(file, 0, "the file holds no statement", "write one, or leave the step out");
        }
        for (Piece piece : pieces) {
            boolean ownTransaction = piece.begins("start", "transaction")
                    || TRANSACTION_WORDS.stream().anyMatch(piece::begins);
            if (ownTransaction) {
                wrongIn(
                        file,
                        script,
                        piece.start(),
                        "a step must not begin or end transactions",
                        "leave the statement out: each step is one transaction, with concurrently each statement");
            }
            if (!concurrently && refusesTransaction(piece)) {
                wrongIn(
                        file,
                        script,
                        piece.start(),
                        "this statement cannot run in a transaction",
                        "put it into a 'make' file, or into a contract step with 'concurrently: true'");
            }
        }
    }

    private static boolean refusesTransaction(Piece piece) {
        boolean index = piece.begins("create", "index", "concurrently")
                || piece.begins("create", "unique", "index", "concurrently")
                || piece.begins("drop", "index", "concurrently")
                || (piece.begins("reindex") && piece.holds("concurrently"));
        return index || piece.begins("vacuum");
    }

    /** The statements of the file that the part names, each one that makes something in the catalogue and alters nothing. */
    List<Ddl> makes(Part fileName) {
        String file = fileName.text();
        String script = script(fileName, true);
        List<Ddl> statements = new ArrayList<>();
        for (Piece piece : SqlText.pieces(script)) {
            Optional<Ddl> ddl = Ddl.of(piece.text());
            ddl.ifPresent(statements::add);
            Optional<String> mend = Ddl.namesASchema(piece.text())
                    ? Optional.of("write its names without a schema: it is tried out in one of its own first")
                    : ddl.map(SqlReader::unsafe).orElse(Optional.of(MAKES));
            mend.ifPresent(
                    how -> wrongIn(file, script, piece.start(), "this statement cannot stand in a 'make' file", how));
        }
        return statements;
    }

    /** How to mend a statement that is no safe one; empty: it is. */
    private static Optional<String> unsafe(Ddl ddl) {
        if (ddl.verb() == Ddl.Verb.CREATE_INDEX && !ddl.concurrently()) {
            return Optional.of(
                    "build the index CONCURRENTLY: " + ddl.target() + " is in use, or was made by somebody else");
        }
        return ddl.scansForAForeignKey()
                ? Optional.of("add the foreign key NOT VALID, and VALIDATE it in a statement of its own")
                : Optional.empty();
    }

    /** Query to the text of the one value it must give. */
    Map<String, String> verify(Fields step) {
        Map<String, String> verify = new LinkedHashMap<>();
        step.mapping("verify").forEach((query, expected) -> {
            checkQuery(expected, query);
            verify.put(query, expected.textAsPostgresGivesIt());
        });
        return verify;
    }

    String query(Part part) {
        String query = part.text();
        checkQuery(part, query);
        return query;
    }

    private static void checkQuery(Part part, String query) {
        if (query.isEmpty() || reportOpen(part, query)) {
            return;
        }
        List<Piece> pieces = SqlText.pieces(query);
        boolean reads = pieces.size() == 1
                && List.of("select", "with", "values", "table").stream().anyMatch(pieces.get(0)::begins);
        if (!reads) {
            part.wrong("'" + query + "' is not one query", "write one statement that begins with SELECT or WITH");
        }
    }

    /** One statement that an operator wants to be run now and then. */
    String statement(Part part) {
        String text = part.text();
        if (!text.isEmpty() && !reportOpen(part, text)) {
            List<Piece> pieces = SqlText.pieces(text);
            boolean known = pieces.size() == 1
                    && List.of("select", "with", "values", "table", "insert", "update", "delete").stream()
                            .anyMatch(pieces.get(0)::begins);
            if (!known) {
                part.wrong(
                        "'" + text + "' is not one statement that reads or changes rows", "write one such statement");
            }
        }
        return text;
    }

    /** Whether a statement that {@link #statement} took changes rows. */
    static boolean changesRows(String statement) {
        return SqlText.pieces(statement).stream()
                .anyMatch(
                        piece -> List.of("insert", "update", "delete").stream().anyMatch(piece::begins)
                                || (piece.begins("with")
                                        && (piece.holds("insert") || piece.holds("update") || piece.holds("delete"))));
    }

    /** An expression that can stand in parentheses; a comment at its end is left out. */
    String expression(Part part) {
        String text = part.text();
        if (text.isEmpty() || reportOpen(part, text)) {
            return text;
        }
        List<Token> tokens = SqlTokens.of(text);
        if (tokens.isEmpty()) {
            part.wrong(part.name() + " holds only a comment", "write an SQL expression");
            return text;
        }
        if (!SqlText.balanced(text) || tokens.stream().anyMatch(token -> token.is(";"))) {
            part.wrong(
                    part.name() + ": '" + text + "' is not one SQL expression",
                    "pair its parentheses and leave out semicolons");
        }
        return text.substring(0, tokens.get(tokens.size() - 1).end());
    }

    private static boolean reportOpen(Part part, String sql) {
        SqlText.leavesOpen(sql).ifPresent(open -> part.wrong(part.name() + " leaves " + open + " open", "close it"));
        return SqlText.leavesOpen(sql).isPresent();
    }

    void wrongIn(String file, String script, int index, String what, String mend) {
        int line = 1
                + (int) script.substring(0, index)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        problems.addIn(file, line, what, mend);
    }
}
