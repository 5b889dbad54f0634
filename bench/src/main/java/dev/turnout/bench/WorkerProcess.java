package dev.turnout.bench;

import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A worker of its own that backfills with one lane: a process that is told to begin and says how long it worked. One thread. */
final class WorkerProcess {
    private final Process process;
    private final BufferedReader says;
    private final PrintStream told;

    private WorkerProcess(Process process) {
        this.process = process;
        this.says = process.inputReader(StandardCharsets.UTF_8);
        this.told = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** @return nanoseconds from the word to begin until the last of so many workers had moved its last row */
    static long together(Rig rig, int count) throws IOException, InterruptedException {
        List<WorkerProcess> workers = new ArrayList<>();
        try {
            for (int number = 0; number < count; number++) {
                workers.add(start(rig, "worker " + number));
            }
            for (WorkerProcess worker : workers) {
                worker.hear();
            }
            workers.forEach(worker -> worker.told.println("begin"));
            long longest = 0;
            for (WorkerProcess worker : workers) {
                longest = Math.max(longest, Long.parseLong(worker.hear()));
            }
            return longest;
        } finally {
            for (WorkerProcess worker : workers) {
                worker.process.destroy();
                worker.process.waitFor();
            }
        }
    }

    private static WorkerProcess start(Rig rig, String name) throws IOException {
        ConnectionSettings to = rig.settings();
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                rig.workload().name(),
                Long.toString(rig.run()),
                name,
                to.url(),
                to.user());
        WorkerProcess worker = new WorkerProcess(
                java.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        worker.told.println(to.password());
        return worker;
    }

    private String hear() throws IOException {
        String line = says.readLine();
        if (line == null) {
            throw new IllegalStateException("a worker ended before it had said what was asked");
        }
        return line;
    }

    public static void main(String[] arguments) throws SQLException {
        PrintStream out = Print.out();
        Workload workload = Workload.valueOf(arguments[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ConnectionSettings settings =
                new ConnectionSettings("bench", arguments[3], arguments[4], line(in), "the benchmark that started it");
        try (Database database = Database.open(settings, 2)) {
            out.println("ready");
            line(in);
            Drive drive = Drive.over(
                    lane -> Rig.site(workload.spec(), Long.parseLong(arguments[1]), arguments[2], lane, database),
                    Work.backfill(1),
                    1);
            out.println(drive.workNanos());
        }
    }

    private static String line(BufferedReader in) {
        try {
            return Objects.requireNonNullElse(in.readLine(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
