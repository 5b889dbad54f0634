package dev.turnout.worker.bookkeeping;

/** The bookkeeping has a run of this number already, and it is another one: two control databases number theirs alike. */
public final class RunTaken extends RuntimeException {
    /** @param server what both runs are written down on */
    RunTaken(long run, String server, String migration, String epoch) {
        super("the bookkeeping of " + server + " knows run " + run + " as another one, of " + migration + " (epoch "
                + epoch + "): a second control database drives runs there, or the first one was lost");
    }

    /** For operators. */
    public String mend() {
        return "let one control database drive all runs of this server; or, where no other run is alive there, drop the schema"
                + " turnout; or start the migration again until its number is free";
    }
}
