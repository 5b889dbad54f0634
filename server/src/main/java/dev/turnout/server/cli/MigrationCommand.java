package dev.turnout.server.cli;

import picocli.CommandLine.Parameters;

/** A command about one migration, which it is given first. */
abstract class MigrationCommand extends RemoteCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    String name() {
        return name;
    }

    /** Of what there is about the migration. */
    String path(String... segments) {
        return Remote.path(Remote.path(MIGRATIONS, name), segments);
    }

    /** Of the rollout that moves its flag. */
    String rolloutPath(Remote remote, String segment) {
        String flag = remote.get(path()).body().path("flag").asText();
        return Remote.path(ROLLOUTS, flag, segment);
    }
}
