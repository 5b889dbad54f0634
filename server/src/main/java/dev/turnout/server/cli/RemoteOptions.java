package dev.turnout.server.cli;

import dev.turnout.server.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a command of an operator finds and enters the server. What is named on the command line wins, then the environment,
 * then the profile that the config file calls the usual one; a profile's token goes to that profile's server only.
 */
final class RemoteOptions {
    private static final String SERVER = "TURNOUT_SERVER";
    private static final String PROFILE = "TURNOUT_PROFILE";
    private static final String CA = "TURNOUT_CA_FILE";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server, http://127.0.0.1:8321 unless set (TURNOUT_SERVER)")
    private @Nullable String server;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "a server of your config file (TURNOUT_PROFILE); ~/.config/turnout/config.yaml unless"
                    + " TURNOUT_CONFIG names another")
    private @Nullable String profile;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "who you are (TURNOUT_TOKEN); else the file admin-token of the data directory is read")
    private @Nullable String token;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "certificates in PEM of whoever signed the server's, in place of those that the system trusts"
                    + " (TURNOUT_CA_FILE)")
    private @Nullable Path ca;

    @Option(names = "--data", paramLabel = "DIR", description = "the server's data directory (TURNOUT_DATA)")
    private @Nullable String data;

    @Option(names = "--json", description = "print the server's answer as JSON")
    private boolean json;

    boolean json() {
        return json;
    }

    Optional<String> data() {
        return Optional.ofNullable(data);
    }

    Remote remote(Map<String, String> environment) {
        Optional<Profile> chosen = profile(environment);
        return new Remote(uri(environment, chosen), token(environment, chosen), authority(environment, chosen));
    }

    private Optional<Profile> profile(Map<String, String> environment) {
        Path file = Profiles.place(environment);
        if (profile != null) {
            if (server != null) {
                throw CommandFailed.badInput("--server and --profile both name a server: give one of them");
            }
            return Optional.of(Profiles.read(file).named(profile));
        }
        if (server != null) {
            return Optional.empty();
        }
        String named = environment.getOrDefault(PROFILE, "");
        String address = environment.getOrDefault(SERVER, "");
        if (!named.isBlank() && !address.isBlank()) {
            throw CommandFailed.badInput(SERVER + " and " + PROFILE
                    + " both name a server: unset one of them, or give --server or --profile");
        }
        if (!address.isBlank()) {
            return Optional.empty();
        }
        Profiles profiles = Profiles.read(file);
        return named.isBlank() ? profiles.usual().map(profiles::named) : Optional.of(profiles.named(named));
    }

    private URI uri(Map<String, String> environment, Optional<Profile> chosen) {
        String text = chosen.map(Profile::server)
                .or(() -> Optional.ofNullable(server))
                .or(() -> Optional.ofNullable(environment.get(SERVER)).filter(value -> !value.isBlank()))
                .orElse("http://127.0.0.1:8321");
        try {
            URI uri = URI.create(text.endsWith("/") ? text : text + "/");
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // The message below says what is expected.
        }
        String where = chosen.map(one -> "server of the profile " + one.name()).orElse("--server (TURNOUT_SERVER)");
        throw CommandFailed.badInput(where + " must be a URL such as http://127.0.0.1:8321, not '" + text + "'");
    }

    /** Who is trusted; empty: whom the system trusts. */
    private Optional<SSLContext> authority(Map<String, String> environment, Optional<Profile> chosen) {
        return Optional.ofNullable(ca)
                .or(() -> chosen.flatMap(Profile::caFile))
                .or(() -> Optional.ofNullable(environment.get(CA))
                        .filter(value -> !value.isBlank())
                        .map(Path::of))
                .map(CaFile::trusting);
    }

    private String token(Map<String, String> environment, Optional<Profile> chosen) {
        if (token != null) {
            return token;
        }
        if (chosen.flatMap(Profile::tokenFile).isPresent()) {
            return Secrets.of(chosen.flatMap(Profile::tokenFile).get());
        }
        String variable = chosen.flatMap(Profile::tokenVariable).orElse("TURNOUT_TOKEN");
        String given = environment.getOrDefault(variable, "").strip();
        if (!given.isEmpty()) {
            return given;
        }
        if (chosen.isPresent()) {
            throw CommandFailed.badInput(
                    "there is no token for the profile " + chosen.get().name() + ": set " + variable
                            + ", give --token, or name a 'token file' in " + Profiles.place(environment));
        }
        return local(environment);
    }

    /** What a server on this machine has left for its administrator; empty when there is none. */
    private String local(Map<String, String> environment) {
        String directory = Optional.ofNullable(data)
                .orElseGet(() -> environment.getOrDefault(
                        Setting.DATA.variable(), Setting.DATA.fallback().orElseThrow()));
        Path file = Path.of(directory, "admin-token");
        try {
            return Files.isReadable(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read the token in " + file + ": " + e.getMessage());
        }
    }
}
