package dev.turnout.server.cli;

import picocli.CommandLine.Command;

/** {@code turnout pause}. */
@Command(name = "pause", description = "Lets a migration rest where it is.")
final class PauseCommand extends MigrationVerb {
    PauseCommand() {
        super("pause");
    }
}
