package dev.turnout.worker.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** PostgreSQL 14 for Linux on x86-64, beside the version that comes along with us. */
public final class Postgres14 {
    private static final String ARCHIVE = "/postgresql-14/postgres-linux-x86_64.txz";

    private Postgres14() {}

    /** As {@link EmbeddedPostgres#throwAway()}. */
    public static EmbeddedPostgres throwAway() {
        LinuxOnly.require("PostgreSQL 14", "turnout.test.postgres14.url");
        // This version knows no built-in locale; the one of the C library sorts the same.
        return EmbeddedPostgres.throwAway(cache -> Binaries.of(archive(), List.of("--locale=C.UTF-8"), cache));
    }

    private static byte[] archive() throws IOException {
        try (InputStream in = Postgres14.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new IOException("no " + ARCHIVE + " on the class path: Maven puts it there before the tests");
            }
            return in.readAllBytes();
        }
    }
}
