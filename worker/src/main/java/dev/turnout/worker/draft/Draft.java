package dev.turnout.worker.draft;

import dev.turnout.worker.jdbc.Identifiers;
import dev.turnout.worker.jdbc.TableColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A spec that moves the rows of one schema into the tables of another, as far as names and types tell. What they do not tell
 * is never left out silently: it stands as {@code !decide} or below {@code undecided}, which {@code turnout check} refuses.
 * Pure.
 */
public final class Draft {
    private final String name;
    private final DraftSide before;
    private final DraftSide after;
    private final StringBuilder text = new StringBuilder();
    private final List<String> undecided = new ArrayList<>();

    private Draft(String name, DraftSide before, DraftSide after) {
        this.name = name;
        this.before = before;
        this.after = after;
    }

    /**
     * The text of a spec.
     *
     * @param name of the migration
     * @throws IllegalArgumentException when both sides are one schema
     */
    public static String of(String name, DraftSide before, DraftSide after) {
        if (before.sameSchema(after)) {
            throw new IllegalArgumentException(
                    "both sides are the schema " + before.schema() + " of " + before.server() + "/" + before.catalog());
        }
        return new Draft(name, before, after).text();
    }

    private String text() {
        Map<String, String> pairs = Pairs.of(
                new TreeSet<>(before.tables().keySet()),
                new TreeSet<>(after.tables().keySet()));
        head();
        if (pairs.isEmpty()) {
            undecided.add(
                    "no table of the new side is called like one of the old side: write under 'move' which rows go"
                            + " where");
        } else {
            line("move:");
        }
        for (String table : parentsFirst(pairs.keySet())) {
            move(table(before, pairs.get(table)), table(after, table));
        }
        unpaired(pairs);
        tail();
        return text.toString();
    }

    private static DraftTable table(DraftSide side, @Nullable String name) {
        DraftTable table = name == null ? null : side.tables().get(name);
        if (table == null) {
            throw new IllegalStateException("no table " + name);
        }
        return table;
    }

    private void head() {
        line("# Drafted by `turnout init` from " + before.schema() + " of " + before.server() + " (old) and "
                + after.schema() + " of " + after.server() + " (new).");
        line(
                "# What it could not know stands as !decide or below undecided: `turnout check` names each until it is decided.");
        line("migration: " + name);
        line("database:  " + place(before, false));
        line("target:    " + place(after, true));
        line("# The share of units that the new side serves. bucketBy: companyId would move a company as a whole.");
        line("flag:      { key: use-" + name + " }");
        line("");
        line("# The tables of the new side stand already, so nothing is made first; see 'expand' in docs/spec.md.");
        line("");
    }

    /** @param second of the new side, of which only is said what differs from the old one */
    private String place(DraftSide side, boolean second) {
        List<String> parts = new ArrayList<>();
        DraftSide usual = before;
        if (!second || !side.sameServer(usual)) {
            parts.add("name: " + side.database());
        }
        if (side.dialect().mysql()
                ? !second || !usual.dialect().mysql()
                : second && usual.dialect().mysql()) {
            parts.add("dialect: " + (side.dialect().mysql() ? "mysql" : "postgresql"));
        }
        boolean usualSchema = side.dialect().mysql() || side.schema().equals("public");
        if ((second && side.sameServer(usual)) || !usualSchema) {
            parts.add("schema: " + Yaml.scalar(side.schema()));
        }
        return "{ " + String.join(", ", parts) + " }";
    }

    /** A row is filled in after those that it refers to. */
    private Set<String> parentsFirst(Set<String> tables) {
        Set<String> ordered = new LinkedHashSet<>();
        new TreeSet<>(tables).forEach(table -> visit(table, tables, new LinkedHashSet<>(), ordered));
        return ordered;
    }

    private void visit(String table, Set<String> tables, Set<String> under, Set<String> ordered) {
        if (tables.contains(table) && under.add(table)) {
            new TreeSet<>(table(after, table).refersTo()).forEach(parent -> visit(parent, tables, under, ordered));
            ordered.add(table);
        }
    }

    private void move(DraftTable old, DraftTable now) {
        Map<String, String> columns =
                Pairs.of(old.columns().keySet(), now.columns().keySet());
        line("  " + Yaml.scalar(now.name()) + ":");
        line("    from: " + Yaml.scalar(old.name()));
        line("    key:  " + key(old));
        line("    into: " + Yaml.scalar(now.name()));
        line("    up:                                # new from old");
        now.columns().forEach((column, type) -> {
            if (!type.generated()) {
                line("      " + Yaml.scalar(column) + ": " + up(old, now, type, columns.get(column)));
            }
        });
        down(old, now, columns);
        old.columns().keySet().stream()
                .filter(column -> !columns.containsValue(column))
                .forEach(column -> undecided.add(old.name() + "." + column + " (" + type(old, column)
                        + ") is taken over by no column of " + now.name() + ": give it one, or let it go"));
        line("");
    }

    private static String key(DraftTable old) {
        if (old.key().isEmpty()) {
            return Yaml.decide(old.name() + " has no primary key: which columns name a row, by a unique index");
        }
        return old.key().size() == 1
                ? Yaml.scalar(old.key().get(0))
                : "[" + String.join(", ", old.key().stream().map(Yaml::scalar).toList()) + "]";
    }

    private String up(DraftTable old, DraftTable now, TableColumn column, @Nullable String from) {
        if (from == null) {
            String otherwise = now.filled().contains(column.name())
                    ? "; leave the line out and the database fills it in"
                    : column.notNull() ? "" : "; leave the line out and it stays NULL";
            return Yaml.decide(column.type() + (column.notNull() ? " NOT NULL" : "") + ", and no column of "
                    + old.name() + " is called so: an expression over old" + otherwise);
        }
        TableColumn given = column(old, from);
        return Kind.same(given, column)
                ? Yaml.scalar("old." + sql(from))
                : Yaml.decide("old." + from + " is " + given.type() + ", here it is " + column.type()
                        + ": an expression over old that gives it");
    }

    /** What keeps the old side current once applications write to the new one. */
    private void down(DraftTable old, DraftTable now, Map<String, String> columns) {
        Map<String, String> down = new LinkedHashMap<>();
        columns.forEach((column, from) -> {
            TableColumn given = column(old, from);
            if (!old.key().contains(from) && !given.generated()) {
                down.put(
                        from,
                        Kind.same(given, column(now, column))
                                ? Yaml.scalar("new." + sql(column))
                                : Yaml.decide("new." + column + " is " + type(now, column) + ", here it is "
                                        + given.type() + ": an expression over new that gives it"));
            }
        });
        if (!down.isEmpty()) {
            line("    down:                              # old from new: what makes the way back lossless");
            down.forEach((column, expression) -> line("      " + Yaml.scalar(column) + ": " + expression));
        }
    }

    private static TableColumn column(DraftTable table, String name) {
        TableColumn column = table.columns().get(name);
        if (column == null) {
            throw new IllegalStateException("no column " + name);
        }
        return column;
    }

    private static String type(DraftTable table, String column) {
        return column(table, column).type();
    }

    /** Quoted only where it has to be: a spec is read by people. */
    private String sql(String column) {
        return column.matches(before.dialect().mysql() ? "[A-Za-z_][A-Za-z0-9_]*" : "[a-z_][a-z0-9_]*")
                ? column
                : Identifiers.quote(column);
    }

    private void unpaired(Map<String, String> pairs) {
        new TreeSet<>(before.tables().keySet())
                .stream()
                        .filter(table -> !pairs.containsValue(table))
                        .forEach(
                                table -> undecided.add(
                                        "the table " + table
                                                + " of the old side is moved nowhere: name it as 'from' of a move, or let it stay behind"));
        new TreeSet<>(after.tables().keySet())
                .stream()
                        .filter(table -> !pairs.containsKey(table))
                        .forEach(table -> undecided.add("the table " + table
                                + " of the new side is filled from nowhere: make it a move, or let it begin empty"));
        if (!undecided.isEmpty()) {
            line("# Decide each, then take its line away.");
            line("undecided:");
            undecided.forEach(question -> line("  - " + Yaml.quoted(question)));
            line("");
        }
    }

    private void tail() {
        line("rollout:");
        line("  - { to: 5%,   soak: 24h }");
        line("  - { to: 25%,  soak: 48h }");
        line("  - { to: 50%,  soak: 48h }");
        line("  - { to: 100%, soak: 7d, approve: true }");
        line("");
        line("# verify, monitor, checks and contract are worth writing next: docs/spec.md.");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
