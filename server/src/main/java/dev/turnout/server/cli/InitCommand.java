package dev.turnout.server.cli;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Reading;
import dev.turnout.migration.SpecReader;
import dev.turnout.server.settings.BadSettings;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.draft.Draft;
import dev.turnout.worker.draft.DraftSide;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import dev.turnout.worker.jdbc.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code turnout init}. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Writes a first spec from two live schemas, and marks in it what somebody has to decide.",
        footer = {
            "A database is named as in --database, or by its JDBC URL; user and password of jdbc:postgresql://host/shop",
            "come from TURNOUT_DB_SHOP_USER and TURNOUT_DB_SHOP_PASSWORD. It is only read."
        })
final class InitCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Turnout turnout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "DATABASE", description = "where the rows are")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String from;

    @Option(names = "--to", required = true, paramLabel = "DATABASE", description = "where the new tables stand")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String to;

    @Option(names = "--from-schema", paramLabel = "SCHEMA", description = "of PostgreSQL; the usual one unless given")
    private @Nullable String fromSchema;

    @Option(names = "--to-schema", paramLabel = "SCHEMA", description = "of PostgreSQL; the usual one unless given")
    private @Nullable String toSchema;

    @Option(names = "--name", paramLabel = "NAME", description = "of the migration; from the databases unless given")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "where to write it, which must not be there yet; standard output unless given")
    private @Nullable Path output;

    @Option(names = "--json", description = "print the spec, and what is to be decided in it, as JSON")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingsOptions options;

    @Override
    public Integer call() {
        Settings settings = options.read(turnout.environment());
        DraftSide before = side(settings, from, "--from", Optional.ofNullable(fromSchema));
        DraftSide after = side(settings, to, "--to", Optional.ofNullable(toSchema));
        String draft;
        try {
            draft = Draft.of(migration(before, after), before, after);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.badInput(e.getMessage() + ": name another with --to or --to-schema");
        }
        if (output != null) {
            write(output, draft);
        }
        print(json ? document(draft) : output == null ? draft : wrote(output));
        return ExitStatus.DONE.code();
    }

    private String migration(DraftSide before, DraftSide after) {
        String given = Optional.ofNullable(name)
                .orElseGet(() -> before.database() + "-to-"
                        + (before.database().equals(after.database()) ? after.schema() : after.database()));
        String usable =
                given.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-").replaceAll("^[^a-z]+", "");
        return usable.isEmpty() ? "migration" : usable.substring(0, Math.min(usable.length(), 63));
    }

    private DraftSide side(Settings settings, String given, String option, Optional<String> schema) {
        ConnectionSettings connection = connection(settings, given, option);
        try (Database database = Database.open(connection, 1)) {
            DraftSide side = DraftSide.read(database, connection.where(), schema);
            if (side.isEmpty()) {
                throw CommandFailed.badInput(option + ": there is no table in schema " + side.schema() + " of "
                        + connection.where() + ": name another database, or another schema with " + option + "-schema");
            }
            return side;
        } catch (DatabaseUnreachable e) {
            throw CommandFailed.badInput(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            throw CommandFailed.refused(connection.where() + ": " + Failure.words(e));
        }
    }

    private ConnectionSettings connection(Settings settings, String given, String option) {
        if (!given.startsWith("jdbc:")) {
            return Optional.ofNullable(settings.databases().get(given))
                    .orElseThrow(() -> CommandFailed.badInput(option + " names the database '" + given
                            + "', which is not known: say where it is with --database " + given
                            + "=jdbc:postgresql://… (TURNOUT_DB_<NAME>_URL), or give its URL"));
        }
        // Named by its database, so that the variables of its user and password have a name.
        String last = given.replaceFirst("[?].*", "").replaceFirst(".*/", "").replaceAll("[^A-Za-z0-9_-]", "-");
        String name = last.matches("[A-Za-z].*") ? last : "db-" + last;
        try {
            ConnectionSettings named = Optional.ofNullable(Settings.read(
                                    Map.of(),
                                    new Settings.Named(List.of(name + "=" + given), List.of()),
                                    turnout.environment(),
                                    Clock.systemUTC())
                            .databases()
                            .get(name))
                    .orElseThrow();
            return new ConnectionSettings(name, named.url(), named.user(), named.password(), option);
        } catch (BadSettings e) {
            throw CommandFailed.badInput(option + ": " + String.join("\n", e.problems()));
        }
    }

    private void print(String draft) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(draft);
        out.flush();
    }

    private void write(Path file, String draft) {
        try {
            Files.writeString(file, draft, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot write " + file + ": "
                    + (Files.exists(file) ? "it is there already, name another with --output" : e.toString()));
        }
    }

    private static String wrote(Path file) {
        return "wrote " + file + "; what is to be decided in it says: turnout check " + file + "\n";
    }

    private String document(String draft) {
        String file = output == null ? "migration.yaml" : String.valueOf(output.getFileName());
        List<Map<String, Object>> undecided = new ArrayList<>();
        if (SpecReader.read(new Bundle(file, Map.of(file, draft))) instanceof Reading.Refused refused) {
            refused.problems()
                    .forEach(problem -> undecided.add(
                            Map.of("line", problem.line(), "what", problem.what(), "mend", problem.mend())));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        if (output != null) {
            document.put("file", output.toString());
        }
        document.put("spec", draft);
        document.put("undecided", undecided);
        return Remote.JSON.valueToTree(document).toPrettyString() + "\n";
    }
}
