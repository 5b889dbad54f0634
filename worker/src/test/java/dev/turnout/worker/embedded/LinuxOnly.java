package dev.turnout.worker.embedded;

/** The artifacts of the tests carry programs for one system; on another one a server must be given. */
final class LinuxOnly {
    private LinuxOnly() {}

    /** @param setting what names a server of one's own */
    static void require(String product, String setting) {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64")) {
            throw new IllegalStateException("no " + product + " comes along for " + system
                    + ": point the tests to a server of yours by -D" + setting + " (see README.md)");
        }
    }
}
