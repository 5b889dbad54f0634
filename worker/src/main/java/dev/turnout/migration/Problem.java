package dev.turnout.migration;

/**
 * What is wrong with a spec, where, and how to mend it.
 *
 * @param line from 1; 0 when the whole file is meant
 */
public record Problem(String file, int line, String what, String mend) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + what + (mend.isEmpty() ? "" : " — " + mend);
    }
}
