package dev.turnout.server.settings;

import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.monitor.PrometheusSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a Turnout process needs to know. Immutable; {@link #toString()} shows no secret.
 *
 * @param data directory for what must outlive the process
 * @param control the control database; empty: an embedded one below {@code data}
 * @param databases the migrated databases by the name that specs use
 * @param prometheus what monitors in PromQL ask, by the name that specs use
 * @param worker name of this process in leases and logs; no other process ever had it
 * @param notifying where notices go
 */
public record Settings(
        Listen listen,
        Path data,
        Optional<ControlSettings> control,
        Map<String, ConnectionSettings> databases,
        Map<String, PrometheusSettings> prometheus,
        Pace pace,
        String worker,
        Notifying notifying) {
    public Settings {
        databases = Map.copyOf(databases);
        prometheus = Map.copyOf(prometheus);
    }

    /** That asks no Prometheus and tells nobody. */
    public Settings(
            Listen listen,
            Path data,
            Optional<ControlSettings> control,
            Map<String, ConnectionSettings> databases,
            Pace pace,
            String worker) {
        this(listen, data, control, databases, Map.of(), pace, worker, Notifying.NOBODY);
    }

    /**
     * Reads and checks everything.
     *
     * @param options values given on the command line
     * @param named {@code name=url} as given on the command line
     * @param environment as {@link System#getenv()} gives it
     * @param real what real time is
     * @throws BadSettings with every problem at once
     */
    public static Settings read(Map<Setting, String> options, Named named, Map<String, String> environment, Clock real)
            throws BadSettings {
        return new SettingsReader(options, environment, real).read(named);
    }

    /**
     * Options that can be given several times.
     *
     * @param databases {@code name=jdbc:…}
     * @param prometheus {@code name=http://…}
     */
    public record Named(List<String> databases, List<String> prometheus) {}

    /** Where admin commands on this machine find their token. */
    public Path adminToken() {
        return data.resolve("admin-token");
    }

    /**
     * Where requests are taken, and on which terms.
     *
     * @param port 0 takes a free one
     * @param tls empty: plain HTTP
     * @param origins of the pages whose scripts may ask, {@code *} for all; none: no page may
     * @param drain for how long a server that stops says so before it takes no more requests
     */
    public record Listen(String host, int port, Optional<Tls> tls, Set<String> origins, Limits limits, Duration drain) {
        public Listen {
            origins = Set.copyOf(origins);
        }

        public String scheme() {
            return tls.isPresent() ? "https" : "http";
        }

        /** Plain HTTP, for no page, within the usual limits. */
        public Listen(String host, int port) {
            this(host, port, Optional.empty(), Set.of(), Limits.DEFAULT, Duration.ZERO);
        }
    }
}
