package dev.turnout.worker.preflight;

import static java.util.stream.Collectors.toCollection;

import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds what makes an expression give another value next time for the same row: the triggers, the backfill and the
 * verification each work it out for themselves, so such an expression could never be verified.
 *
 * <p>PostgreSQL is asked what it made of the expression: a view of it is created and taken back, and the functions in the
 * view's parse tree are looked up in the catalogue, operators' and aggregates' included. Functions of the operator are
 * also looked into, because what they are declared is only a promise: by their tree where they have one, else by the
 * names they call. Belongs to one thread.
 */
public final class Repeatable {
    private static final Pattern CALL = Pattern.compile(":(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)");
    private static final Pattern KEY_WORD = Pattern.compile("\\{SQLVALUEFUNCTION :op (\\d+)");

    /** In the order of SQLValueFunctionOp in the server's primnodes.h. */
    private static final List<String> KEY_WORDS = List.of(
            "current_date",
            "current_time",
            "current_time",
            "current_timestamp",
            "current_timestamp",
            "localtime",
            "localtime",
            "localtimestamp",
            "localtimestamp",
            "current_role",
            "current_user",
            "user",
            "session_user",
            "current_catalog",
            "current_schema");

    /** The same within one statement or session (STABLE), but not for the next one. */
    private static final Set<String> OF_THE_MOMENT = Set.of(
            "now",
            "transaction_timestamp",
            "statement_timestamp",
            "clock_timestamp",
            "current_date",
            "current_time",
            "current_timestamp",
            "localtime",
            "localtimestamp",
            "timeofday",
            "sysdate",
            "curdate",
            "curtime",
            "unix_timestamp",
            "utc_date",
            "utc_time",
            "utc_timestamp");

    private static final Set<String> OF_THE_SESSION = Set.of(
            "current_setting",
            "current_role",
            "current_user",
            "session_user",
            "user",
            "current_schema",
            "current_schemas",
            "pg_backend_pid",
            "inet_client_addr",
            "inet_client_port",
            "txid_current",
            "txid_current_if_assigned",
            "txid_current_snapshot",
            "pg_current_xact_id",
            "pg_current_xact_id_if_assigned",
            "pg_current_snapshot",
            "connection_id",
            "last_insert_id",
            "found_rows",
            "row_count",
            "system_user");

    /** Volatile in MySQL, where no catalogue says so; PostgreSQL's are found by provolatile. */
    private static final Set<String> MADE_UP = Set.of(
            "rand",
            "random",
            "random_bytes",
            "uuid",
            "uuid_short",
            "nextval",
            "gen_random_uuid",
            "uuid_generate_v1",
            "uuid_generate_v4");

    private final Connection connection;
    private final Set<String> seen = new HashSet<>();
    private final List<Objection> found = new ArrayList<>();

    private Repeatable(Connection connection) {
        this.connection = connection;
    }

    /** @param function what gives another value next time, as the operator may find it */
    public record Objection(String function, String mend) {}

    /**
     * Asks PostgreSQL. Needs the right to make temporary tables; leaves nothing.
     *
     * @param query a SELECT without parameters of everything that must be repeatable
     * @return empty: nothing was found
     */
    public static List<Objection> objections(Connection connection, String query) throws SQLException {
        Repeatable search = new Repeatable(connection);
        search.tree(search.treeOf(query));
        return List.copyOf(search.found);
    }

    /** By names alone, where the database cannot be asked (MySQL). */
    public static List<Objection> byName(String expression) {
        return SqlText.calls(expression).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .flatMap(name -> known(name).stream())
                .toList();
    }

    private static Optional<Objection> known(String name) {
        if (OF_THE_MOMENT.contains(name)) {
            return Optional.of(new Objection(
                    name, "take the time from a column of the row: this one is another one with every look"));
        }
        if (OF_THE_SESSION.contains(name)) {
            return Optional.of(new Objection(name, "write the value itself: this one differs from session to session"));
        }
        return MADE_UP.contains(name)
                ? Optional.of(new Objection(
                        name,
                        "derive the value from the row (a hash of its key), or record it once in an id map and look"
                                + " it up"))
                : Optional.empty();
    }

    private String treeOf(String query) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            Sql.run(connection, "CREATE TEMP VIEW turnout_repeatable AS " + query);
            return Sql.value(
                            connection,
                            "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = 'pg_temp.turnout_repeatable'::regclass")
                    .orElseThrow();
        } finally {
            connection.rollback(before);
        }
    }

    private void tree(String tree) throws SQLException {
        for (MatchResult word : KEY_WORD.matcher(tree).results().toList()) {
            int op = Integer.parseInt(word.group(1));
            known(op < KEY_WORDS.size() ? KEY_WORDS.get(op) : "current_setting").ifPresent(this::object);
        }
        if (tree.contains("{NEXTVALUEEXPR")) {
            known("nextval").ifPresent(this::object);
        }
        Set<String> oids =
                CALL.matcher(tree).results().map(call -> call.group(1)).collect(toCollection(LinkedHashSet::new));
        if (!oids.isEmpty()) {
            functions("p.oid = ANY (?::oid[])", oids.toArray(String[]::new));
        }
    }

    /** @return how many there are, and how many of them were objected to */
    private int[] functions(String which, Object value) throws SQLException {
        int objectionable = 0;
        List<List<String>> functions = Sql.rows(
                connection,
                "SELECT p.oid, p.proname, p.oid::regprocedure, p.provolatile, p.pronamespace = 'pg_catalog'::regnamespace,"
                        + " l.lanname, p.prosrc, to_jsonb(p) ->> 'prosqlbody' FROM pg_proc p"
                        + " JOIN pg_language l ON l.oid = p.prolang WHERE " + which + " ORDER BY p.oid",
                value);
        for (List<String> function : functions) {
            objectionable += function(function) ? 1 : 0;
        }
        return new int[] {functions.size(), objectionable};
    }

    private boolean function(List<String> function) throws SQLException {
        String name = function.get(1);
        boolean builtIn = function.get(4).equals("t");
        Optional<Objection> known = builtIn ? known(name) : Optional.empty();
        if (known.isPresent()) {
            object(known.get());
            return true;
        }
        if (function.get(3).equals("v")) {
            object(new Objection(
                    function.get(2),
                    builtIn
                            ? "derive the value from the row (a hash of its key), or record it once in an id map and look"
                                    + " it up"
                            : "if it always gives the same value for the same row, say so: ALTER FUNCTION "
                                    + function.get(2) + " STABLE (IMMUTABLE, if it reads no table)"));
            return true;
        }
        return seen.add(function.get(0)) && inside(function);
    }

    /** What a function is declared is a promise that nobody checked. */
    private boolean inside(List<String> function) throws SQLException {
        int before = found.size();
        if (!function.get(7).isEmpty()) {
            tree(function.get(7));
        } else if (Set.of("sql", "plpgsql").contains(function.get(5))) {
            names(function.get(6));
        }
        for (int i = before; i < found.size(); i++) {
            Objection inner = found.get(i);
            found.set(i, new Objection(inner.function() + ", called by " + function.get(2), inner.mend()));
        }
        return found.size() > before;
    }

    /** A name may stand for several functions: it counts when every one of them does. */
    private void names(String body) throws SQLException {
        for (String name : SqlText.calls(body)) {
            int before = found.size();
            Optional<Objection> keyWord = KEY_WORDS.contains(name) ? known(name) : Optional.empty();
            keyWord.ifPresent(this::object);
            if (keyWord.isEmpty()) {
                int[] counts = functions("p.proname = ? AND pg_function_is_visible(p.oid)", name);
                if (counts[1] < counts[0]) {
                    found.subList(before, found.size()).clear();
                }
            }
        }
    }

    private void object(Objection objection) {
        if (found.stream().noneMatch(other -> other.function().equals(objection.function()))) {
            found.add(objection);
        }
    }
}
