package dev.turnout.server.demo;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * What a person watching sees: lines that stay, and on a terminal a block below them that is redrawn in place. Elsewhere
 * the block is left out. Thread-safe.
 */
final class Screen {
    private final PrintWriter out;
    private final boolean terminal;
    private List<String> block = List.of();

    Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line that stays; may have picocli's markup, such as {@code @|bold text|@}. */
    synchronized void say(String line) {
        erase();
        out.println(styled(line));
        out.flush();
        draw();
    }

    /** Replaces the block. */
    synchronized void show(List<String> lines) {
        if (terminal) {
            erase();
            block = List.copyOf(lines);
            draw();
        }
    }

    /** Takes the block away. */
    synchronized void clear() {
        erase();
        block = List.of();
        out.flush();
    }

    private void erase() {
        if (!block.isEmpty()) {
            out.printf("\u001b[%dA\u001b[J", block.size()); // up, and clear to the end
        }
    }

    /** With line wrap off: a line that wraps would be two for the terminal and one for us. */
    private void draw() {
        if (!block.isEmpty()) {
            out.print("\u001b[?7l");
            block.forEach(out::println);
            out.print("\u001b[?7h");
        }
        out.flush();
    }

    private String styled(String line) {
        return (terminal ? Ansi.AUTO : Ansi.OFF).string(line);
    }
}
