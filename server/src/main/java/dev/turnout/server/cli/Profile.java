package dev.turnout.server.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A server that is called by a name. Its token is kept elsewhere, never beside its address.
 *
 * @param tokenFile readable by its owner only
 * @param tokenVariable of the environment
 * @param caFile certificates of whoever signed the server's; empty: those that the system trusts
 */
record Profile(
        String name, String server, Optional<Path> tokenFile, Optional<String> tokenVariable, Optional<Path> caFile) {}
