package dev.turnout.worker.phase;

/**
 * How far a phase has come.
 *
 * @param done rows, chunks or steps finished
 * @param total the same unit; an estimate while {@code estimated}
 * @param unit {@code rows}, {@code chunks} or {@code steps}
 * @param rejected rows put aside
 * @param perSecond recent rate, 0 when unknown
 */
public record Progress(long done, long total, boolean estimated, String unit, long rejected, double perSecond) {
    public static Progress of(long done, long total, String unit) {
        return new Progress(done, total, false, unit, 0, 0);
    }
}
