package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the server is told beyond PostgreSQL's defaults; written anew at each start. */
enum Settings {
    /** Nothing acknowledged is lost, whatever dies. */
    DURABLE("on"),
    /** For tests: a crash of the machine may lose everything. */
    THROW_AWAY("off");

    static final String FILE = "turnout.conf";

    private final String safety;

    Settings(String safety) {
        this.safety = safety;
    }

    void write(Path dataDirectory) throws IOException {
        Files.writeString(dataDirectory.resolve(FILE), """
                # Written by Turnout at each start. Settings of your own: ALTER SYSTEM SET …
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                max_connections = %d
                timezone = 'UTC'
                fsync = %2$s
                synchronous_commit = %2$s
                full_page_writes = %2$s
                # A week of logs, one file a day, overwritten the week after.
                logging_collector = on
                log_directory = 'log'
                log_filename = 'postgresql-%%a.log'
                log_truncate_on_rotation = on
                log_rotation_age = 1d
                log_rotation_size = 0
                log_checkpoints = off
                """.formatted(Server.MAX_CONNECTIONS, safety));
    }
}
