package dev.turnout.worker.doctor;

import dev.turnout.worker.bookkeeping.Texts;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Identifiers;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the triggers that the bookkeeping knows with those that the catalogue has. */
record TriggerStates(Connection connection, String subject) {
    private static final String KNOWN = """
            SELECT s.made, s.title, r.migration FROM turnout.step s JOIN turnout.run r ON r.run = s.run
            WHERE s.kind = 'SYNC' ORDER BY s.run, s.ordinal""";
    private static final String TITLE = "sync triggers of ";

    /** Columns read: trigger, table, schema, table for a statement, state ({@code A} fires for everybody, {@code D} for nobody). */
    private static final String POSTGRESQL = """
            SELECT t.tgname, c.relname, n.nspname, c.oid::regclass::text, t.tgenabled::text
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND left(t.tgname, 12) = 'zzz_turnout_' ORDER BY t.tgname""";

    private static final String MYSQL = """
            SELECT trigger_name, event_object_table, event_object_schema,
                   event_object_schema || '.' || event_object_table, 'A'
            FROM information_schema.triggers WHERE left(trigger_name, 12) = 'zzz_turnout_' ORDER BY trigger_name""";

    private record Standing(String name, String table, String schema, String quoted, String state) {
        /** Of the run whose number the name bears. */
        String run() {
            return name.split("_")[2];
        }

        boolean on(String title) {
            return title.equals(TITLE + table) || title.equals(TITLE + schema + "." + table);
        }
    }

    List<Finding> look() throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        List<Standing> standing = Sql.rows(connection, mysql ? MYSQL : POSTGRESQL).stream()
                .map(row -> new Standing(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)))
                .toList();
        List<Finding> findings = new ArrayList<>();
        int known = 0;
        for (List<String> step : Sql.rows(connection, KNOWN)) {
            for (String name : Texts.list(step.get(0))) {
                known++;
                if (standing.stream().noneMatch(there -> there.name().equals(name) && there.on(step.get(1)))) {
                    findings.add(Finding.problem(
                            subject,
                            "the trigger " + name + " is gone, one of the " + step.get(1),
                            "find out who dropped it, then turnout resume " + step.get(2)
                                    + ": the next verification repairs what was written meanwhile"));
                }
            }
        }
        Set<String> runs = Sql.rows(connection, "SELECT run FROM turnout.run").stream()
                .map(row -> row.get(0))
                .collect(Collectors.toSet());
        standing.forEach(there -> judge(there, runs.contains(there.run()), mysql, findings));
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    subject, known == 0 ? "no sync triggers stand here" : known + " sync triggers stand and fire"));
        }
        return findings;
    }

    private void judge(Standing there, boolean ofARun, boolean mysql, List<Finding> findings) {
        String name = Identifiers.quote(there.name());
        if (!ofARun) {
            findings.add(Finding.warning(
                    subject,
                    "the trigger " + there.name() + " on " + there.quoted() + " belongs to no run",
                    "if no other control database migrates here, DROP TRIGGER " + name
                            + (mysql ? "" : " ON " + there.quoted())));
        } else if (!there.state().equals("A")) {
            findings.add(Finding.problem(
                    subject,
                    "the trigger " + there.name() + " on " + there.quoted()
                            + (there.state().equals("D") ? " is disabled" : " does not fire for every session"),
                    "ALTER TABLE " + there.quoted() + " ENABLE ALWAYS TRIGGER " + name
                            + "; the next verification repairs what was written meanwhile"));
        }
    }
}
