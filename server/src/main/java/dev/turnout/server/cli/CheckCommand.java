package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import dev.turnout.worker.preflight.Findings;
import dev.turnout.worker.preflight.Preflight;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code turnout check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks a spec as a whole and names everything that is wrong with it.")
final class CheckCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Turnout turnout;

    @picocli.CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "SPEC", description = "the YAML file, or the directory of a migration.yaml")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path path;

    @Option(names = "--json", description = "print what is found as JSON")
    private boolean json;

    @Option(names = "--live", description = "look at the live database as well; it changes nothing")
    private boolean live;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingsOptions options;

    @Override
    public Integer call() {
        Spec read = SpecFile.read(path).spec();
        Optional<Findings> findings = live ? Optional.of(live(read)) : Optional.empty();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(document(read, findings).toPrettyString());
        } else {
            findings.ifPresent(found -> print(found, out));
            out.println(read.name() + " is fine: "
                    + (read.moves().size() + read.transfers().size()) + " to move, "
                    + read.rollout().steps().size() + " steps of rollout, hash " + read.hash());
        }
        out.flush();
        return ExitStatus.DONE.code();
    }

    private static JsonNode document(Spec read, Optional<Findings> findings) {
        ObjectNode document = Remote.JSON
                .createObjectNode()
                .put("migration", read.name())
                .put("moves", read.moves().size() + read.transfers().size())
                .put("steps", read.rollout().steps().size())
                .put("hash", read.hash());
        findings.ifPresent(found -> document.set(
                "live",
                Remote.JSON.valueToTree(
                        Map.of("warnings", found.warnings(), "tables", found.tables(), "trials", found.trials()))));
        return document;
    }

    private static void print(Findings findings, PrintWriter out) {
        findings.warnings().forEach(warning -> out.println("warning: " + warning));
        findings.trials().forEach(trial -> out.println("a sample of " + trial.get("table") + ": " + told(trial)));
    }

    private static String told(Map<String, Object> trial) {
        if (!Boolean.TRUE.equals(trial.get("measured"))) {
            return "nothing measured (" + trial.getOrDefault("because", "the table is empty") + ")";
        }
        List<String> told = new ArrayList<>();
        if (trial.get("triggerCost") instanceof Map<?, ?> cost) {
            told.add("the triggers make an INSERT " + cost.get("percent") + " % dearer");
        }
        if (trial.get("backfill") instanceof Map<?, ?> backfill) {
            told.add("the backfill of about " + backfill.get("estimatedRows") + " rows takes "
                    + backfill.get("secondsFrom") + " to " + backfill.get("secondsTo") + " s");
        }
        if (trial.get("lossiness") instanceof Map<?, ?> lossiness) {
            lossiness.forEach((column, loss) -> {
                if (loss instanceof Map<?, ?> share && share.get("percent") != null) {
                    told.add(column + " comes back changed in " + share.get("percent") + " % of the rows");
                }
            });
        }
        return String.join("; ", told);
    }

    /** @throws CommandFailed naming what would stop the migration */
    private Findings live(Spec read) {
        ConnectionSettings connection = Optional.ofNullable(options.read(turnout.environment())
                        .databases()
                        .get(read.database().database()))
                .orElseThrow(() -> CommandFailed.badInput("the spec names the database "
                        + read.database().database() + ": say where it is with --database "
                        + read.database().database() + "=jdbc:postgresql://…"));
        try (Database database = Database.open(connection, 1)) {
            Findings findings = Preflight.inspect(read, database);
            if (!findings.problems().isEmpty()) {
                throw CommandFailed.refused(String.join("\n", findings.problems()));
            }
            return findings;
        } catch (DatabaseUnreachable e) {
            throw CommandFailed.badInput(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            throw CommandFailed.refused(connection.where() + ": " + e.getMessage());
        }
    }
}
