package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import dev.turnout.server.settings.Limits;
import dev.turnout.server.settings.Settings;
import dev.turnout.server.settings.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate a hospital's own authority has signed. */
class CaFileTest {
    private static final String SECRET = "secret-of-a-test";

    private static ServerFixture server;
    private static String token;
    private static Path authority;
    private static Path another;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path keys, @TempDir Path data) throws Exception {
        authority = authority(keys, "hospital");
        another = authority(keys, "stranger");
        keytool(keys, "-genkeypair", "-alias", "server", "-dname", "CN=turnout", "-keystore", "server.p12");
        keytool(keys, "-certreq", "-alias", "server", "-file", "server.csr", "-keystore", "server.p12");
        keytool(
                keys,
                "-gencert",
                "-alias",
                "hospital",
                "-ext",
                "san=ip:127.0.0.1",
                "-infile",
                "server.csr",
                "-outfile",
                "server.pem",
                "-rfc",
                "-keystore",
                "hospital.p12");
        KeyStore store = KeyStore.getInstance(keys.resolve("server.p12").toFile(), SECRET.toCharArray());
        Path key = Files.writeString(
                keys.resolve("server.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(store.getKey("server", SECRET.toCharArray())
                                        .getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        server = ServerFixture.start(
                data,
                new Settings.Listen(
                        "127.0.0.1",
                        0,
                        Optional.of(new Tls(keys.resolve("server.pem"), key)),
                        Set.of(),
                        Limits.DEFAULT,
                        Duration.ZERO));
        token = server.token(Role.OPERATE);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static Path authority(Path keys, String name) throws Exception {
        keytool(
                keys,
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "bc:c",
                "-keystore",
                name + ".p12");
        keytool(keys, "-exportcert", "-alias", name, "-rfc", "-file", name + ".pem", "-keystore", name + ".p12");
        return keys.resolve(name + ".pem");
    }

    private static void keytool(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", SECRET));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-validity", "2"));
        }
        Path log = directory.resolve("keytool.log");
        int status = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
    }

    @BeforeEach
    void nothing_of_this_machine() {
        environment.put("HOME", home.toString());
        environment.put("TURNOUT_DATA", home.resolve("none").toString());
        environment.put("T", token);
    }

    private static String address() {
        return server.uri().toString().replace("http:", "https:");
    }

    private Cli.Ran run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("flag", "list"));
        arguments.addAll(List.of(more));
        return new Cli(environment).run(arguments.toArray(String[]::new));
    }

    @Test
    void a_server_of_an_unknown_authority_is_not_trusted_and_the_message_says_how_to_name_it() {
        assertThat(run("--server", address(), "--token", token))
                .matches(ran -> ran.status() == 2
                        && ran.err().contains("is not to be trusted")
                        && ran.err().contains("--ca-file, TURNOUT_CA_FILE"));
    }

    @Test
    void it_is_trusted_by_the_option_by_the_environment_and_by_a_profile() throws Exception {
        Cli.Ran list = new Cli.Ran(0, "no flags\n", "");
        assertThat(run("--server", address(), "--token", token, "--ca-file", authority.toString()))
                .isEqualTo(list);

        environment.put("TURNOUT_CA_FILE", authority.toString());
        assertThat(run("--server", address(), "--token", token)).isEqualTo(list);
        environment.put("TURNOUT_CA_FILE", another.toString());

        Path config = Files.createDirectories(home.resolve(".config/turnout")).resolve("config.yaml");
        Files.copy(authority, config.resolveSibling("ca.pem"));
        Files.writeString(
                config, "profiles: { ward: { server: '" + address() + "', token variable: T, ca file: ca.pem } }");
        assertThat(run("--profile", "ward"))
                .as("its own before that of the environment")
                .isEqualTo(list);
        assertThat(run("--profile", "ward", "--ca-file", another.toString()))
                .as("what the command line names wins")
                .matches(ran -> ran.status() == 2 && ran.err().contains("is not to be trusted"));
    }

    @Test
    void a_certificate_of_another_name_is_refused_whoever_signed_it() {
        assertThat(run(
                        "--server",
                        address().replace("127.0.0.1", "localhost"),
                        "--token",
                        token,
                        "--ca-file",
                        authority.toString()))
                .matches(ran -> ran.status() == 2 && ran.err().contains("is not to be trusted"));
    }

    @Test
    void a_file_that_is_none_is_named_with_what_was_meant() throws Exception {
        Path empty = Files.writeString(home.resolve("empty.pem"), "");
        Path text = Files.writeString(home.resolve("text.pem"), "not a certificate\n");
        for (Path file : List.of(empty, text, home.resolve("missing.pem"), home)) {
            assertThat(run("--server", address(), "--token", token, "--ca-file", file.toString()))
                    .matches(ran -> ran.status() == 2
                            && ran.err().contains(file.toString())
                            && ran.err().contains("name the PEM file of your authority with --ca-file")
                            && !ran.err().contains("Exception"));
        }
    }
}
