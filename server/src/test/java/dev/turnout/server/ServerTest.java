package dev.turnout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.ControlUnreachable;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path data;

    @Test
    void parts_stop_in_reverse_and_a_failing_one_stops_nothing_else() {
        List<String> stopped = new ArrayList<>();
        Stops stops = new Stops();
        stops.add("first", "first", stopped::add);
        stops.add("second", "second", broken -> {
            throw new IllegalStateException("broken");
        });
        stops.add("third", "third", stopped::add);

        stops.all();
        stops.all();

        assertThat(stopped).containsExactly("third", "first");
        assertThatThrownBy(() -> stops.add("late", "late", stopped::add)).hasMessage("stopped while starting");
        assertThat(stopped).containsExactly("third", "first", "late");
    }

    @Test
    void the_administrators_token_is_written_once_for_the_owner_alone() throws Exception {
        try (ControlFixture control = ControlFixture.open()) {
            String first = tokenAfterStart(control);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin-token"))))
                    .isEqualTo("rw-------");
            assertThat(tokenAfterStart(control)).isEqualTo(first);
            try (var files = Files.list(data)) {
                assertThat(files).containsExactly(data.resolve("admin-token"));
            }
        }
    }

    private String tokenAfterStart(ControlFixture control) throws Exception {
        try (Server server = new Server(ServerFixture.settings(control, data))) {
            assertThat(server.start(EnumSet.of(Server.Part.HTTP)).port()).isPositive();
            return Files.readString(data.resolve("admin-token"));
        }
    }

    @Test
    void a_port_that_is_taken_is_named_with_its_settings() throws Exception {
        try (ControlFixture control = ControlFixture.open();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings free = ServerFixture.settings(control, data);
            Settings settings = new Settings(
                    new Settings.Listen("127.0.0.1", taken.getLocalPort()),
                    data,
                    free.control(),
                    Map.of(),
                    free.pace(),
                    "test");

            assertThatThrownBy(() -> new Server(settings).start(EnumSet.of(Server.Part.HTTP)))
                    .isInstanceOf(StartFailed.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("--port (TURNOUT_PORT)");
        }
    }

    @Test
    void a_database_that_does_not_answer_is_named_with_host_port_and_setting() throws Exception {
        try (ControlFixture control = ControlFixture.open()) {
            Settings noClinic = new Settings(
                    new Settings.Listen("127.0.0.1", 0),
                    data,
                    Optional.of(control.settings),
                    Map.of(
                            "clinic",
                            new ConnectionSettings(
                                    "clinic",
                                    "jdbc:postgresql://127.0.0.1:1/clinic",
                                    "u",
                                    "secret",
                                    "--database clinic")),
                    Pace.real(),
                    "test");
            assertThatThrownBy(() -> new Server(noClinic).start(EnumSet.of(Server.Part.WORKER)))
                    .isInstanceOf(DatabaseUnreachable.class)
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageContaining("--database clinic");
        }
        Settings noControl = new Settings(
                new Settings.Listen("127.0.0.1", 0),
                data,
                Optional.of(new ControlSettings("jdbc:postgresql://127.0.0.1:1/control", "u", "secret", 1)),
                Map.of(),
                Pace.real(),
                "test");
        assertThatThrownBy(() -> new Server(noControl).start(EnumSet.of(Server.Part.HTTP)))
                .isInstanceOf(ControlUnreachable.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("--control-db");
    }
}
