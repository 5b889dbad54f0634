package dev.turnout.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private Path temporary;

    @BeforeEach
    void begin(@TempDir Path directory) {
        temporary = directory;
    }

    @Test
    void a_test_gets_a_database_of_its_own() throws SQLException {
        try (TestDatabase a = TestPostgres.newDatabase();
                TestDatabase b = TestPostgres.newDatabase()) {
            a.execute("CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (NULL)");
            assertThat(a.query("SELECT x, 'a' FROM t ORDER BY x")).containsExactly("1|a", "NULL|a");
            assertThat(b.one("SELECT to_regclass('t') IS NULL")).isEqualTo("t");
        }
    }

    @Test
    void what_another_process_is_just_making_is_not_swept_away_and_what_it_left_is() throws Exception {
        try (DataDirectory held =
                DataDirectory.tryTake(temporary.resolve("one")).orElseThrow()) {
            Path making = Files.createDirectories(temporary.resolve("one.new/base"));
            Leftovers.sweep(temporary);
            assertThat(making).exists();
            assertThat(held.path()).exists();
        }
        Leftovers.sweep(temporary);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void a_kept_server_is_durable_private_and_keeps_its_data() throws Exception {
        Path data = temporary.resolve("data");
        try (EmbeddedPostgres first = EmbeddedPostgres.keep(data, 0)) {
            assertThat(one(
                            first,
                            "SELECT string_agg(current_setting(s), ' ') FROM unnest(ARRAY['fsync', 'synchronous_commit',"
                                    + " 'full_page_writes', 'listen_addresses', 'unix_socket_directories']) AS s"))
                    .isEqualTo("on on on 127.0.0.1 ");
            first.createDatabase("clinic");
            first.createDatabase("clinic");
            assertThat(Files.getPosixFilePermissions(data)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(Files.getPosixFilePermissions(data.resolve("superuser.password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThatThrownBy(() -> DriverManager.getConnection(first.url("postgres"), "postgres", "guess"))
                    .isInstanceOf(SQLException.class);
            assertThat(first.toString()).doesNotContain(first.password());
            assertThatThrownBy(() -> EmbeddedPostgres.keep(data, 0))
                    .isInstanceOf(EmbeddedPostgresFailed.class)
                    .hasMessageContaining("in use by another running Turnout");
        }
        try (EmbeddedPostgres second = EmbeddedPostgres.keep(data, 0)) {
            assertThat(one(second, "SELECT count(*) FROM pg_database WHERE datname = 'clinic'"))
                    .isEqualTo("1");
        }
    }

    @Test
    void a_pid_file_of_the_dead_and_one_of_a_stranger_are_removed_and_nobody_is_signalled() throws Exception {
        Path data = temporary.resolve("data");
        EmbeddedPostgres.keep(data, 0).close();

        Process dead = new ProcessBuilder("true").start();
        assertThat(dead.waitFor(60, TimeUnit.SECONDS)).isTrue();
        leavePidFile(data, dead.pid());
        EmbeddedPostgres.keep(data, 0).close();

        Process stranger = new ProcessBuilder("sleep", "60").start();
        leavePidFile(data, stranger.pid());
        try (EmbeddedPostgres started = EmbeddedPostgres.keep(data, 0)) {
            assertThat(one(started, "SELECT 1")).isEqualTo("1");
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroy();
        }
    }

    @Test
    void a_postgres_of_another_directory_is_a_stranger_too() throws Exception {
        Path data = temporary.resolve("data");
        EmbeddedPostgres.keep(data, 0).close();
        try (EmbeddedPostgres other = EmbeddedPostgres.keep(temporary.resolve("other"), 0)) {
            leavePidFile(data, postmasterOf(other.dataDirectory()));
            try (EmbeddedPostgres started = EmbeddedPostgres.keep(data, 0)) {
                assertThat(one(started, "SHOW data_directory"))
                        .isEqualTo(data.toRealPath().toString());
            }
            assertThat(one(other, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_server_orphaned_by_kill_9_is_stopped_and_its_data_is_there() throws Exception {
        Path data = temporary.resolve("data");
        Process child = child(data);
        try {
            int port = awaitReady(child);
            assertThatThrownBy(() -> EmbeddedPostgres.keep(data, 0)).hasMessageContaining("in use");
            long orphan = postmasterOf(data);
            child.destroyForcibly();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(ProcessHandle.of(orphan))
                    .as("the server outlives its owner")
                    .isPresent();

            // On the orphan's port: what answers there at first is not to be taken for the new server.
            try (EmbeddedPostgres again = EmbeddedPostgres.keep(data, port)) {
                assertThat(one(again, "SELECT x FROM kept")).isEqualTo("42");
                assertThat(postmasterOf(data)).isNotEqualTo(orphan);
                assertThat(Postmaster.whoIs(orphan, data)).isEqualTo(Postmaster.Who.GONE);
            }
        } finally {
            child.destroyForcibly();
        }
    }

    /** To the system, closing a file gives back all locks that this process has on it, by whichever channel. */
    @Test
    void asking_again_for_ones_own_directory_does_not_let_go_of_it() throws Exception {
        Path data = temporary.resolve("data");
        Optional<DataDirectory> first = DataDirectory.tryTake(data);
        try (DataDirectory ours = first.orElseThrow()) {
            assertThat(DataDirectory.tryTake(data)).isEmpty();
            Process other = child(data);
            try {
                assertThatThrownBy(() -> awaitReady(other)).hasMessage("the child ended before it was ready");
            } finally {
                other.destroyForcibly();
            }
            assertThat(ours.held()).isTrue();
        }
        DataDirectory.tryTake(data).orElseThrow().close();
    }

    @Test
    void a_port_that_is_taken_is_named_and_its_owner_never_adopted() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = stranger.getLocalPort();
            assertThatThrownBy(() -> EmbeddedPostgres.keep(temporary.resolve("data"), port))
                    .isInstanceOf(EmbeddedPostgresFailed.class)
                    .hasMessageContaining("port " + port + " of 127.0.0.1 is taken by somebody else");
        }
        // The failure let go of the directory.
        EmbeddedPostgres.keep(temporary.resolve("data"), 0).close();
    }

    private static Process child(Path data) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildServer.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The port of the child's server. */
    private static int awaitReady(Process child) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(ChildServer.READY)) {
                return Integer.parseInt(line.substring(ChildServer.READY.length()));
            }
        }
        throw new AssertionError("the child ended before it was ready");
    }

    private static void leavePidFile(Path data, long pid) throws IOException {
        Files.writeString(data.resolve("postmaster.pid"), pid + "\n" + data + "\n1700000000\n5432\n\nlocalhost\n");
    }

    private static long postmasterOf(Path data) throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0));
    }

    private static String one(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.url("postgres"), postgres.user(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
