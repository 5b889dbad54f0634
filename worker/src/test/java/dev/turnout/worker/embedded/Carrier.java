package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Maven artifact that carries the programs of a MySQL or a MariaDB; only these are used of it, no class. */
interface Carrier {
    /** A directory name: another content of the artifact, or another way to set it up, has another one. */
    String key() throws IOException;

    void unpack(Path home) throws IOException;

    /** The server's program, below the home directory. */
    String daemon();

    /** What every start needs beyond what both products need. */
    List<String> options();

    /** Makes the system tables in an empty directory. */
    void initialise(Installation installation, Path data) throws IOException;
}
