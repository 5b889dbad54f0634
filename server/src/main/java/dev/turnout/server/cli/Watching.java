package dev.turnout.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Shows lines that change: on a terminal in their place, elsewhere only what is new of them. Used by one thread. */
final class Watching {
    private final PrintWriter out;
    private List<String> drawn = List.of();
    private List<String> told = List.of();

    Watching(PrintWriter out) {
        this.out = out;
    }

    /** @param terminal where they are drawn; empty: each line that was not there the last time is printed */
    void show(List<String> lines, Optional<Terminal> terminal) {
        if (terminal.isPresent()) {
            draw(terminal.get().fit(lines));
        } else {
            lines.stream().filter(line -> !told.contains(line)).forEach(out::println);
            out.flush();
        }
        told = lines;
    }

    /** Says why there is nothing new, below what was shown last. */
    void interrupted(String because, Optional<Terminal> terminal) {
        String line = "  " + because + "; trying again";
        show(
                Stream.concat(told.stream().filter(old -> !old.endsWith("; trying again")), Stream.of(line))
                        .toList(),
                terminal);
    }

    private void draw(List<String> lines) {
        if (lines.equals(drawn)) {
            return;
        }
        if (!drawn.isEmpty()) {
            out.printf("\u001b[%dA\u001b[J", drawn.size()); // up and clear
        }
        lines.forEach(out::println);
        out.flush();
        drawn = lines;
    }
}
