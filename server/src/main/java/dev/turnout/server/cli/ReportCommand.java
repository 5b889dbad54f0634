package dev.turnout.server.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code turnout report}. */
@Command(
        name = "report",
        description = "Prints how the data was before the first change, or what became of it; as Markdown or JSON.")
final class ReportCommand extends MigrationCommand {
    enum Kind {
        BASELINE,
        VALIDATION;

        private String path() {
            return this == BASELINE ? "baseline" : "validation";
        }
    }

    @Parameters(index = "1", paramLabel = "KIND", description = "baseline or validation")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Kind kind;

    @Override
    public Integer call() {
        String report = path("reports", kind.path());
        if (json()) {
            print(remote().get(report).body(), answer -> List.of());
        } else {
            out().print(remote().text(report, "text/markdown"));
            out().flush();
        }
        return 0;
    }
}
