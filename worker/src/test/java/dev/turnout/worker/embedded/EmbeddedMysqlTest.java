package dev.turnout.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class EmbeddedMysqlTest {
    @Test
    void what_was_committed_outlives_the_death_of_the_server() throws Exception {
        try (EmbeddedMysql mysql = EmbeddedMysql.mysql()) {
            execute(
                    mysql,
                    "CREATE DATABASE clinic",
                    "CREATE TABLE clinic.t (x int)",
                    "INSERT INTO clinic.t VALUES (42)");
            mysql.kill();
            assertThat(ProcessHandle.of(serverIn(mysql.dataDirectory()))).isEmpty();
            mysql.restart();
            assertThat(one(mysql, "SELECT x FROM clinic.t")).isEqualTo("42");
            assertThat(one(mysql, "SELECT @@datadir"))
                    .startsWith(mysql.dataDirectory().toString());
        }
    }

    @Test
    void nothing_is_left_when_it_is_closed() throws Exception {
        Path data;
        try (EmbeddedMysql mysql = EmbeddedMysql.mysql()) {
            data = mysql.dataDirectory();
        }
        assertThat(data).doesNotExist();
    }

    @Test
    void a_server_ends_with_the_process_that_was_killed_and_the_next_start_removes_its_data() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildMysql.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Path data = awaitReady(child);
            ProcessHandle server = ProcessHandle.of(serverIn(data)).orElseThrow();
            // As when the whole group is told to stop: the guard stays.
            ProcessHandle guard = server.parent().orElseThrow();
            guard.destroy();
            child.destroyForcibly().waitFor();
            await().until(() -> !server.isAlive() && !guard.isAlive());
            EmbeddedMysql.mysql().close();
            assertThat(data).doesNotExist();
        } finally {
            child.destroyForcibly();
        }
    }

    private static Path awaitReady(Process child) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(ChildServer.READY)) {
                return Path.of(line.substring(ChildServer.READY.length()));
            }
        }
        throw new AssertionError("the child ended before it was ready");
    }

    private static long serverIn(Path data) throws IOException {
        return Long.parseLong(Files.readString(data.resolve("mysqld.pid")).strip());
    }

    private static void execute(EmbeddedMysql mysql, String... sqls) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(mysql.url(""), mysql.user(), mysql.password());
                Statement statement = connection.createStatement()) {
            for (String sql : sqls) {
                statement.execute(sql);
            }
        }
    }

    private static String one(EmbeddedMysql mysql, String sql) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(mysql.url(""), mysql.user(), mysql.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
