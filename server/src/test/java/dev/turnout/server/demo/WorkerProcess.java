package dev.turnout.server.demo;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The jar's own command {@code work}, or {@code serve} with its worker, in a process of its own, so that it can be killed. */
final class WorkerProcess {
    private WorkerProcess() {}

    /** @param folder for its data and its log; several in a row may have the same */
    static Process start(Installation hospital, Path folder) throws IOException {
        return start(hospital, folder, "work");
    }

    /** Beside the hospital's own server, which has no worker then. */
    static Process serve(Installation hospital, Path folder, int port) throws IOException {
        return start(hospital, folder, "serve", "--port=" + port);
    }

    private static Process start(Installation hospital, Path folder, String... verb) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.turnout.server.cli.Turnout"));
        command.addAll(List.of(verb));
        command.addAll(List.of(
                "--data",
                folder.resolve("worker").toString(),
                "--control-db",
                hospital.control.url(),
                "--database",
                "clinic=" + hospital.clinic.url(),
                "--time-scale",
                Double.toString(hospital.scale),
                "--time-origin",
                Long.toString(hospital.origin.toEpochMilli())));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "worker.log")));
        builder.environment()
                .putAll(Map.of(
                        "TURNOUT_CONTROL_USER", hospital.control.user(),
                        "TURNOUT_CONTROL_PASSWORD", hospital.control.password(),
                        "TURNOUT_DB_CLINIC_USER", hospital.clinic.user(),
                        "TURNOUT_DB_CLINIC_PASSWORD", hospital.clinic.password()));
        Process process = builder.start();
        await().until(process::isAlive);
        return process;
    }
}
