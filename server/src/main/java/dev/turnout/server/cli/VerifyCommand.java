package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code turnout verify}. */
@Command(
        name = "verify",
        description =
                "Tells how young and how clean the verification is; exit status 1 unless every row is verified and equal.")
final class VerifyCommand extends RemoteCommand {
    @Parameters(paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() {
        JsonNode migration = remote().get(Remote.path(MIGRATIONS, name)).body();
        print(migration, MigrationText::verification);
        return migration.hasNonNull("verifiedFrom")
                        && migration.path("mismatches").asLong() == 0
                ? ExitStatus.DONE.code()
                : ExitStatus.REFUSED.code();
    }
}
