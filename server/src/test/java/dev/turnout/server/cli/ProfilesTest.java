package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfilesTest {
    private static ServerFixture server;
    private static String token;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.OPERATE);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @BeforeEach
    void nothing_of_this_machine() {
        environment.put("HOME", home.toString());
        environment.put("TURNOUT_DATA", home.resolve("none").toString());
    }

    private Path config(String text) throws IOException {
        Path file = home.resolve(".config/turnout/config.yaml");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text.replace("SERVER", server.uri().toString()));
    }

    private Path tokenFile(String permissions) throws IOException {
        Path file = Files.writeString(home.resolve(".config/turnout/here.token"), token + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Cli.Ran run(String... arguments) {
        return new Cli(environment).run(arguments);
    }

    @Test
    void the_usual_profile_is_taken_with_a_token_that_only_its_owner_can_read() throws IOException {
        config("{default: here, profiles: {here: {server: SERVER, token file: here.token}}}");
        tokenFile("rw-------");

        assertThat(run("flag", "list")).isEqualTo(new Cli.Ran(0, "no flags\n", ""));
    }

    @Test
    void a_token_that_others_can_read_is_refused_with_what_mends_it() throws IOException {
        config("{default: here, profiles: {here: {server: SERVER, token file: here.token}}}");
        Path file = tokenFile("rw-r--r--");

        assertThat(run("flag", "list"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("chmod 600 " + file));
    }

    @Test
    void a_profile_is_chosen_by_option_or_environment_and_may_name_a_variable() throws IOException {
        config(
                "profiles: {there: {server: 'http://127.0.0.1:1', token variable: T}, here: {server: SERVER, token variable: T}}");
        environment.put("T", token);

        assertThat(run("flag", "list", "--profile", "here").status()).isZero();
        assertThat(run("flag", "list", "--profile", "there").err())
                .contains("no Turnout answers at http://127.0.0.1:1");
        environment.put("TURNOUT_PROFILE", "here");
        assertThat(run("flag", "list").status()).isZero();
        assertThat(run("flag", "list", "--server", "http://127.0.0.1:1").err()).contains("http://127.0.0.1:1");
        environment.put("TURNOUT_SERVER", "http://127.0.0.1:1");
        assertThat(run("flag", "list").err()).contains("TURNOUT_SERVER and TURNOUT_PROFILE both name a server");
    }

    /** Else whoever tries a profile out would show a token to a server that must not have it. */
    @Test
    void a_profile_without_a_token_never_gets_that_of_another_server() throws IOException {
        config("profiles: {here: {server: SERVER, token variable: NOT_SET}}");
        environment.put("TURNOUT_TOKEN", token);

        assertThat(run("flag", "list", "--profile", "here"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("set NOT_SET"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profiles: {a: {token variable: T}}                        | the profile a lacks server",
                "profiles: {a: {server: S, token: turnout_x}}              | put it into a file that only you can read",
                "profiles: {a: {server: S, tokn: x}}                       | 'tokn' of the profile a is not known",
                "default: b                                                | default names 'b'",
                "profiles: [a]                                             | profiles must be a mapping",
                "{profiles: {a: {server: S, token file: f, token variable: v}}} | keep one of them",
                "{servers: {}}                                             | 'servers' is not known",
                "'{'                                                       | is not YAML"
            })
    void what_is_wrong_in_the_file_is_said(String text, String message) throws IOException {
        config(text);

        Cli.Ran ran = run("flag", "list", "--profile", "a");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains(message).contains("config.yaml").doesNotContain("\tat ", "turnout_x");
    }

    @Test
    void a_profile_that_is_not_there_is_answered_with_those_that_are() throws IOException {
        config("profiles: {here: {server: SERVER}}");

        assertThat(run("status", "--profile", "hre").err()).contains("there is no profile 'hre'", "there are here");
    }
}
