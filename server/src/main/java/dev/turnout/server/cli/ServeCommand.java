package dev.turnout.server.cli;

import dev.turnout.server.Server.Part;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import java.util.EnumSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout serve}. */
@Command(name = "serve", description = "Runs a server, with a worker in it unless told otherwise, until Ctrl-C.")
final class ServeCommand extends ProcessCommand {
    @Option(names = "--no-worker", description = "only serve: other processes move the rows (`turnout work`)")
    private boolean noWorker;

    @Option(names = "--json", description = "print as JSON where it serves, once it does")
    private boolean json;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "where to listen, 127.0.0.1 unless set (TURNOUT_HOST)")
    void host(String text) {
        set(Setting.HOST, text);
    }

    @Option(names = "--port", paramLabel = "PORT", description = "8321 unless set; 0 takes a free one (TURNOUT_PORT)")
    void port(String text) {
        set(Setting.PORT, text);
    }

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "PEM: the certificate and its chain (TURNOUT_TLS_CERT)")
    void certificate(String text) {
        set(Setting.TLS_CERTIFICATE, text);
    }

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM: its key (TURNOUT_TLS_KEY)")
    void key(String text) {
        set(Setting.TLS_KEY, text);
    }

    @Option(
            names = "--cors",
            paramLabel = "ORIGINS",
            description = "of pages whose scripts may ask, none unless set; several with commas (TURNOUT_CORS_ORIGINS)")
    void origins(String text) {
        set(Setting.ORIGINS, text);
    }

    @Option(
            names = "--drain",
            paramLabel = "DURATION",
            description = "how long /readyz says 503 before a stop, 0s unless set (TURNOUT_DRAIN)")
    void drain(String text) {
        set(Setting.DRAIN, text);
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        run(settings, noWorker ? EnumSet.of(Part.HTTP) : EnumSet.allOf(Part.class), server -> {
            String url = settings.listen().scheme() + "://" + settings.listen().host() + ":" + server.port();
            return json
                    ? Remote.JSON
                            .createObjectNode()
                            .put("url", url)
                            .put("adminToken", settings.adminToken().toString())
                            .toString()
                    : "turnout serves on " + url + ", its administrator's token is in " + settings.adminToken();
        });
        return 0;
    }
}
