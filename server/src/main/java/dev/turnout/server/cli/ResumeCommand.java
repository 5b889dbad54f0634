package dev.turnout.server.cli;

import picocli.CommandLine.Command;

/** {@code turnout resume}. */
@Command(name = "resume", description = "Lets a paused or failed migration go on.")
final class ResumeCommand extends MigrationVerb {
    ResumeCommand() {
        super("resume");
    }
}
