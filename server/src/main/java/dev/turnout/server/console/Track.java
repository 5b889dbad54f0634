package dev.turnout.server.console;

import dev.turnout.migration.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The phases of a migration, as stops on a line. Pure. */
record Track(List<Stop> stops) {
    private static final List<Phase> LINE = Stream.concat(
                    Stream.iterate(Phase.CREATED, phase -> phase != Phase.DONE, Phase::next), Stream.of(Phase.DONE))
            .toList();

    /**
     * @param place {@code past}, {@code here}, {@code held} or {@code ahead}
     * @param means what happens there
     */
    record Stop(String name, String place, String means) {}

    static boolean over(String phase) {
        return Phase.valueOf(phase).over();
    }

    /** @param run as the API tells it */
    static Track of(Doc run) {
        String phase = run.text("phase");
        String effective = run.has("pausedFrom") ? run.text("pausedFrom") : phase;
        int here = -1;
        for (int i = 0; i < LINE.size(); i++) {
            here = LINE.get(i).name().equals(effective) ? i : here;
        }
        List<Stop> stops = new ArrayList<>();
        for (int i = 0; i < LINE.size(); i++) {
            boolean last = i == LINE.size() - 1;
            String place = i < here || (last && here == i) ? "past" : i > here ? "ahead" : "here";
            if (place.equals("here") && !effective.equals(phase)) {
                place = "held";
            }
            stops.add(new Stop(words(LINE.get(i).name()), here < 0 ? "ahead" : place, means(LINE.get(i))));
        }
        return new Track(stops);
    }

    /** {@code ROLLING_OUT} reads "rolling out". */
    static String words(String name) {
        return name.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String means(Phase phase) {
        return switch (phase) {
            case CREATED -> "checks the spec against the database";
            case EXPANDING -> "adds the new tables and columns";
            case SYNCING -> "installs the triggers that write both sides";
            case ANALYZING -> "looks at the formats of the old values";
            case BACKFILLING -> "fills the new side, batch by batch";
            case VERIFYING -> "compares both sides, row by row";
            case READY -> "rehearses the way back";
            case ROLLING_OUT -> "sends more and more units to the new side";
            case SOAKING -> "waits for the conditions of the contract";
            case CONTRACTING -> "takes the old side away";
            case DONE -> "the old side is gone";
            case PAUSED, ROLLING_BACK, ROLLED_BACK, FAILED -> "";
        };
    }
}
