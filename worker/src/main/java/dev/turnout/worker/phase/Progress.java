package dev.turnout.worker.phase;

import java.util.Optional;

/**
 * How far a phase has come.
 *
 * @param done rows, chunks or steps finished
 * @param total the same unit; an estimate while {@code estimated}
 * @param unit {@code rows}, {@code chunks} or {@code steps}
 * @param rejected rows put aside
 * @param perSecond recent rate, 0 when unknown
 * @param outlook what recent rates promise; empty where nobody measured them
 */
public record Progress(
        long done,
        long total,
        boolean estimated,
        String unit,
        long rejected,
        double perSecond,
        Optional<Outlook> outlook) {
    public Progress(long done, long total, boolean estimated, String unit, long rejected, double perSecond) {
        this(done, total, estimated, unit, rejected, perSecond, Optional.empty());
    }

    public static Progress of(long done, long total, String unit) {
        return new Progress(done, total, false, unit, 0, 0);
    }

    /**
     * @param slow rate per second that nine of ten recent windows reached; 0: for one in ten nothing moved, so there is no
     *     telling how long it may take
     * @param fast rate that one of ten reached
     * @param throttled share of the recent time in which the backfill waited for a reason, from 0 to 1
     * @param lanes that may work at once now
     */
    public record Outlook(double slow, double fast, double throttled, int lanes) {}

    /** Whole percent; never 100 of an estimate, which the true total may exceed. */
    public int percent() {
        long percent = total == 0 ? 100 : 100 * Math.min(done, total) / total;
        return (int) (estimated ? Math.min(99, percent) : percent);
    }
}
