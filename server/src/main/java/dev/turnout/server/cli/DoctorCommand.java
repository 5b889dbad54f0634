package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.server.control.ControlCheckup;
import dev.turnout.server.settings.BadSettings;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.doctor.Checkup;
import dev.turnout.worker.doctor.Finding;
import dev.turnout.worker.doctor.Finding.Level;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout doctor}. */
@Command(
        name = "doctor",
        description = {
            "Looks everything over and says what to do: settings, server, token, migrations, control database, each database",
            "to migrate (rights, version, triggers) and the clocks. Only reads. Exit status 1 when there is a problem."
        })
final class DoctorCommand extends RemoteCommand {
    @Option(names = "--database", paramLabel = "NAME=URL", description = "as of `turnout serve`; several times")
    private List<String> databases = new ArrayList<>();

    @Option(names = "--control-db", paramLabel = "URL", description = "as of `turnout serve`")
    private @Nullable String control;

    @Override
    public Integer call() {
        Clock clock = Clock.systemUTC();
        List<Finding> findings = new ArrayList<>(processes(clock));
        findings.addAll(server(clock));
        print(document(findings), DoctorCommand::lines);
        return (findings.stream().anyMatch(finding -> finding.level() == Level.PROBLEM)
                        ? ExitStatus.REFUSED
                        : ExitStatus.DONE)
                .code();
    }

    /** What servers and workers with the settings of this environment would find. */
    private List<Finding> processes(Clock clock) {
        Map<Setting, String> given = new EnumMap<>(Setting.class);
        data().ifPresent(directory -> given.put(Setting.DATA, directory));
        if (control != null) {
            given.put(Setting.CONTROL_DB, control);
        }
        Settings settings;
        try {
            settings = Settings.read(given, new Settings.Named(databases, List.of()), environment(), clock);
        } catch (BadSettings e) {
            return e.problems().stream()
                    .map(problem -> Finding.problem("settings", problem, "correct it; README.md lists all settings"))
                    .toList();
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("settings", "they can be read"));
        if (settings.control().isPresent()) {
            findings.addAll(ControlCheckup.of(settings.control().get(), clock));
        } else {
            findings.add(Finding.ok(
                    "control database", "an embedded one below " + settings.data() + ", which its server looks after"));
        }
        if (settings.databases().isEmpty()) {
            findings.add(Finding.warning(
                    "settings",
                    "no database to migrate is named here, so none was looked at",
                    "run this where the worker runs, or give --database NAME=URL (TURNOUT_DB_<NAME>_URL)"));
        }
        settings.databases().values().forEach(database -> findings.addAll(Checkup.of(database, clock)));
        return findings;
    }

    private List<Finding> server(Clock clock) {
        try {
            return new ServerCheckup(remote(), clock).look();
        } catch (CommandFailed e) {
            return e.explanation()
                    .lines()
                    .map(problem -> Finding.problem("settings", problem, "correct it, then run this again"))
                    .toList();
        }
    }

    private static JsonNode document(List<Finding> findings) {
        ObjectNode document = Remote.JSON.createObjectNode();
        ArrayNode list = document.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("level", finding.level().name())
                    .put("subject", finding.subject())
                    .put("what", finding.what())
                    .put("mend", finding.mend());
        }
        return document.put(
                        "problems",
                        findings.stream()
                                .filter(each -> each.level() == Level.PROBLEM)
                                .count())
                .put(
                        "warnings",
                        findings.stream()
                                .filter(each -> each.level() == Level.WARNING)
                                .count());
    }

    private static List<String> lines(JsonNode document) {
        List<String> lines = new ArrayList<>();
        document.path("findings").forEach(finding -> {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-8s %s: %s",
                    finding.path("level").asText().toLowerCase(Locale.ROOT),
                    finding.path("subject").asText(),
                    finding.path("what").asText()));
            if (!finding.path("mend").asText().isEmpty()) {
                lines.add("         -> " + finding.path("mend").asText());
            }
        });
        lines.add(document.path("problems").asText() + " problems, "
                + document.path("warnings").asText() + " warnings");
        return lines;
    }
}
