package dev.turnout.server.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/**
 * The window that somebody looks at.
 *
 * @param columns characters in a line
 * @param rows lines that can be drawn over
 */
record Terminal(int columns, int rows) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4}) (\\d{1,4})\\s*");
    private static final Terminal USUAL = new Terminal(80, 24);

    /** Empty: the output goes to a file or a pipe, or to a window that cannot be drawn over (NO_COLOR, TERM=dumb). */
    static Optional<Terminal> here() {
        return Ansi.AUTO.enabled() && !"dumb".equals(System.getenv("TERM"))
                ? Optional.of(measured())
                : Optional.empty();
    }

    /** Asked anew each time: a window is made larger while one looks. */
    private static Terminal measured() {
        File window = new File("/dev/tty");
        if (!window.exists()) {
            return USUAL;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(window)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Matcher size = SIZE.matcher(said);
            if (stty.waitFor(1, TimeUnit.SECONDS) && size.matches()) {
                Terminal found = new Terminal(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1)));
                // A pseudo-terminal that nobody has given a size says 0.
                return found.columns > 0 && found.rows > 0 ? found : USUAL;
            }
        } catch (IOException e) {
            // No stty here: the usual size does.
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL;
    }

    /** Of these lines what can be drawn over later: none wraps, and the first is still in sight. */
    List<String> fit(List<String> lines) {
        List<String> seen = lines.size() < rows
                ? lines
                : Stream.concat(
                                lines.stream().limit(Math.max(rows - 2L, 1)),
                                Stream.of("  … " + (lines.size() - Math.max(rows - 2, 1))
                                        + " lines more in a larger window"))
                        .toList();
        return seen.stream()
                .map(line -> line.length() < columns ? line : line.substring(0, Math.max(columns - 2, 1)) + "…")
                .toList();
    }
}
