package dev.turnout.server.cli;

import dev.turnout.server.StartFailed;
import dev.turnout.server.demo.Demo;
import dev.turnout.worker.embedded.EmbeddedPostgresFailed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code turnout demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Moves a hospital's reservations while patients keep booking, with a bad release on the way, and"
                + " proves that nothing was lost. Needs nothing but this; takes about two minutes.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--rows",
            defaultValue = "200000",
            paramLabel = "N",
            description = "existing reservations, ${DEFAULT-VALUE} unless set")
    private long rows;

    @Option(
            names = "--clients",
            defaultValue = "8",
            paramLabel = "N",
            description = "clients that write at the same time, ${DEFAULT-VALUE} unless set")
    private int clients;

    @Option(
            names = "--data",
            defaultValue = "data/demo",
            paramLabel = "DIR",
            description = "where the demo keeps everything, ${DEFAULT-VALUE} unless set")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path data;

    @Option(
            names = "--port",
            defaultValue = "8321",
            paramLabel = "PORT",
            description = "of the server, ${DEFAULT-VALUE} unless set; 0 takes a free one")
    private int port;

    @Option(names = "--keep", description = "leave the server up at the end, until Ctrl-C")
    private boolean keep;

    @Option(names = "--fresh", description = "begin anew, even where an interrupted demo could go on")
    private boolean fresh;

    @Option(
            names = "--json",
            description = "print what was proven as JSON; what happens meanwhile goes to the standard error")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        CommandLine line = spec.commandLine();
        PrintWriter telling = json ? line.getErr() : line.getOut();
        try (Demo demo = new Demo(options(), Clock.systemUTC(), telling, !json && Ansi.AUTO.enabled(), this::proven)) {
            // Ctrl-C ends the JVM; this keeps it waiting until everything has stopped in order.
            Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "stop the demo"));
            return demo.run();
        } catch (StartFailed | EmbeddedPostgresFailed e) {
            throw CommandFailed.badInput(String.valueOf(e.getMessage()));
        }
    }

    private void proven(Map<String, Object> report) {
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(Remote.JSON.valueToTree(report).toPrettyString());
            out.flush();
        }
    }

    private Demo.Options options() {
        try {
            return new Demo.Options(rows, clients, data, port, keep, fresh);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.badInput(String.valueOf(e.getMessage()));
        }
    }
}
