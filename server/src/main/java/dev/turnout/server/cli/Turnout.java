package dev.turnout.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code turnout}. */
@Command(
        name = "turnout",
        description = "Moves running application traffic from an old database schema to a new one.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        subcommands = {
            HelpCommand.class,
            DemoCommand.class,
            ServeCommand.class,
            WorkCommand.class,
            CheckCommand.class,
            InitCommand.class,
            DoctorCommand.class,
            StartCommand.class,
            StatusCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            VerifyCommand.class,
            TuneCommand.class,
            LogCommand.class,
            RejectedCommand.class,
            ReportCommand.class,
            ApproveCommand.class,
            BackupCommand.class,
            RollbackCommand.class,
            IncidentsCommand.class,
            IncidentCommand.class,
            AcknowledgeCommand.class,
            RolloutCommand.class,
            FreezeCommand.class,
            ThawCommand.class,
            MonitorCommand.class,
            AlertCommand.class,
            NotificationsCommand.class,
            FlagCommand.class,
            AuditCommand.class,
            TokenCommand.class,
            CompletionCommand.class
        })
public final class Turnout implements Runnable {
    private final Map<String, String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Turnout(Map<String, String> environment) {
        this.environment = environment;
    }

    public static void main(String[] args) {
        System.exit(commandLine(System.getenv()).execute(args));
    }

    /**
     * The command line as {@link #main} runs it; {@link CommandLine#execute} gives the exit status.
     *
     * @param environment as {@link System#getenv()} gives it
     */
    public static CommandLine commandLine(Map<String, String> environment) {
        CommandLine line = new CommandLine(new Turnout(environment));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.getCommandSpec().usageMessage().exitCodeList(ExitStatus.table());
        line.setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
        line.setParameterExceptionHandler(new Mistyped());
        return line;
    }

    private static int explain(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof CommandFailed expected) {
            boolean json = command.getCommandSpec().findOption("--json") != null
                    && command.getParseResult().hasMatchedOption("--json");
            tell(expected, command, json);
            return expected.status().code();
        }
        throw failure;
    }

    static void tell(CommandFailed failed, CommandLine command, boolean json) {
        PrintWriter err = command.getErr();
        List<String> problems = failed.explanation().lines().toList();
        if (json) {
            err.println(Remote.JSON
                    .createObjectNode()
                    .put("exitStatus", failed.status().code())
                    .set("problems", Remote.JSON.valueToTree(problems)));
        } else {
            String name = command.getCommandSpec().qualifiedName();
            problems.forEach(line -> err.println(name + ": " + line));
        }
    }

    Map<String, String> environment() {
        return environment;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: one of the commands below");
    }
}
