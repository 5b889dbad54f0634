package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout rollout …}. */
@Command(
        name = "rollout",
        description = "Moves flags by plans, also those without a migration.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RolloutCommand.All.class,
            RolloutCommand.Show.class,
            RolloutCommand.Begin.class,
            RolloutCommand.Approve.class,
            RolloutCommand.Pause.class,
            RolloutCommand.Resume.class,
            RolloutCommand.Skip.class,
            RolloutCommand.End.class
        })
final class RolloutCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do with rollouts: list, show, begin, approve, pause, resume, skip or end");
    }

    @Command(name = "list", description = "Lists all rollouts, the newest first.")
    static final class All extends RemoteCommand {
        @Override
        public Integer call() {
            print(remote().all(ROLLOUTS, "rollouts"), all -> {
                List<String> lines = new ArrayList<>();
                all.path("rollouts").forEach(each -> lines.addAll(MigrationText.rollout(each)));
                return lines.isEmpty() ? List.of("no rollouts") : lines;
            });
            return 0;
        }
    }

    @Command(name = "show", description = "Shows where the rollout of a flag stands, and each gate.")
    static final class Show extends RemoteCommand {
        @Parameters(paramLabel = "FLAG")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String flag;

        @Override
        public Integer call() {
            print(remote().get(Remote.path(ROLLOUTS, flag)).body(), MigrationText::rollout);
            return 0;
        }
    }

    @Command(name = "begin", description = "Lets a plan move a flag that no migration moves.")
    static final class Begin extends RemoteCommand {
        @Parameters(index = "0", paramLabel = "FLAG")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String flag;

        @Parameters(
                index = "1",
                paramLabel = "FILE",
                description =
                        "JSON such as {\"steps\":[{\"to\":\"5%%\",\"soak\":\"24h\"},{\"to\":\"100%%\",\"soak\":\"7d\"}]}")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String file;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            ObjectNode plan = Input.object(file, "a plan as JSON");
            if (!reason.isEmpty()) {
                plan.put("reason", reason);
            }
            print(remote().post(Remote.path(ROLLOUTS, flag), plan).body(), MigrationText::rollout);
            return 0;
        }
    }

    /** What needs nothing but the flag and perhaps a reason. */
    private abstract static class Verb extends RemoteCommand {
        @Parameters(paramLabel = "FLAG")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String flag;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        private final String verb;

        Verb(String verb) {
            this.verb = verb;
        }

        @Override
        public Integer call() {
            print(
                    remote().post(Remote.path(ROLLOUTS, flag, verb), Map.of("reason", reason))
                            .body(),
                    MigrationText::rollout);
            return 0;
        }
    }

    @Command(name = "approve", description = "Approves the next step.")
    static final class Approve extends Verb {
        Approve() {
            super("approve");
        }
    }

    @Command(name = "pause", description = "Holds it where it is; what is bad still takes it back.")
    static final class Pause extends Verb {
        Pause() {
            super("pause");
        }
    }

    @Command(name = "resume", description = "Lets it go on.")
    static final class Resume extends Verb {
        Resume() {
            super("resume");
        }
    }

    @Command(name = "end", description = "Ends a rollout without a migration; the flag stays where it is.")
    static final class End extends Verb {
        End() {
            super("end");
        }
    }

    @Command(name = "skip", description = "Goes to a later step at once, past its gates.")
    static final class Skip extends RemoteCommand {
        @Parameters(index = "0", paramLabel = "FLAG")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String flag;

        @Parameters(index = "1", paramLabel = "PERCENT", description = "the weight of a step ahead, such as 50%%")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String to;

        @Option(names = "--force", description = "although gates are closed; needs a reason")
        private boolean force;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            print(
                    remote().post(
                                    Remote.path(ROLLOUTS, flag, "skip"),
                                    Map.of("to", to.endsWith("%") ? to : to + "%", "force", force, "reason", reason))
                            .body(),
                    MigrationText::rollout);
            return 0;
        }
    }
}
