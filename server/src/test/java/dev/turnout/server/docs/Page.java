package dev.turnout.server.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation. */
record Page(String name, String text) {
    private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: (.*) -->");

    /**
     * @param language as it stands behind the fence, with what follows it
     * @param notRun why it cannot be run here; empty: it can
     */
    record Block(int line, String language, String text, String notRun) {}

    static Page read(String name) throws IOException {
        return new Page(name, Files.readString(root().resolve(name)));
    }

    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("docs"))
                ? here
                : here.resolve("..").normalize();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("```")) {
                continue;
            }
            int begin = i;
            StringBuilder block = new StringBuilder();
            for (i++; !lines.get(i).equals("```"); i++) {
                block.append(lines.get(i)).append('\n');
            }
            Matcher marker = NOT_RUN.matcher(begin > 0 ? lines.get(begin - 1) : "");
            blocks.add(new Block(
                    begin + 1,
                    lines.get(begin).substring(3).strip(),
                    block.toString(),
                    marker.matches() ? marker.group(1) : ""));
        }
        return blocks;
    }

    /** What the first column of the tables below a heading names in backquotes. */
    Set<String> keys(String heading) {
        int begin = text.indexOf("\n## " + heading + "\n");
        if (begin < 0) {
            throw new AssertionError(name + " has no section '" + heading + "'");
        }
        int end = text.indexOf("\n## ", begin + 4);
        TreeSet<String> keys = new TreeSet<>();
        text.substring(begin, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> Pattern.compile("`([^`]+)`")
                        .matcher(line.split(" \\| ")[0])
                        .results()
                        .forEach(key -> keys.add(key.group(1))));
        return keys;
    }

    List<String> headings() {
        return text.lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .toList();
    }
}
