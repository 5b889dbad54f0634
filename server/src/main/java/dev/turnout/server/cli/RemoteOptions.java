package dev.turnout.server.cli;

import dev.turnout.server.settings.Setting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command of an operator finds and enters the server. */
final class RemoteOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server, http://127.0.0.1:8321 unless set (TURNOUT_SERVER)")
    private @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "who you are (TURNOUT_TOKEN); else the file admin-token of the data directory is read")
    private @Nullable String token;

    @Option(names = "--data", paramLabel = "DIR", description = "the server's data directory (TURNOUT_DATA)")
    private @Nullable String data;

    @Option(names = "--json", description = "print the server's answer as JSON")
    private boolean json;

    boolean json() {
        return json;
    }

    Remote remote(Map<String, String> environment) {
        return new Remote(uri(environment), token(environment));
    }

    private URI uri(Map<String, String> environment) {
        String text = Optional.ofNullable(server)
                .orElseGet(() -> environment.getOrDefault("TURNOUT_SERVER", "http://127.0.0.1:8321"));
        try {
            URI uri = URI.create(text.endsWith("/") ? text : text + "/");
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // The message below says what is expected.
        }
        throw CommandFailed.badInput(
                "--server (TURNOUT_SERVER) must be a URL such as http://127.0.0.1:8321, not '" + text + "'");
    }

    private String token(Map<String, String> environment) {
        if (token != null) {
            return token;
        }
        String variable = environment.getOrDefault("TURNOUT_TOKEN", "");
        if (!variable.isBlank()) {
            return variable.strip();
        }
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
