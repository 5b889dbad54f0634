package dev.turnout.server.console;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a spec that somebody is about to start. Pure.
 *
 * @param main which of them is the spec
 * @param files texts by their names, in the order in which they came
 */
record Draft(String main, Map<String, String> files) {
    static final String USUAL = "migration.yaml";
    static final Draft EMPTY = new Draft(USUAL, Map.of(USUAL, ""));
    /** Lines that are shown around one that something is wrong with. */
    private static final int AROUND = 2;

    /** @param uploaded by the names that the browser gives; a file of the form with the same name makes way for it */
    static Draft of(MultiMap form, Map<String, String> uploaded) {
        Map<String, String> files = new LinkedHashMap<>();
        List<String> names = form.getAll("name");
        List<String> texts = form.getAll("text");
        for (int i = 0; i < Math.min(names.size(), texts.size()); i++) {
            // Browsers send every line end as CR LF.
            String text = texts.get(i).replace("\r\n", "\n");
            if (!text.isBlank()) {
                files.put(names.get(i).isBlank() ? USUAL : names.get(i).strip(), text);
            }
        }
        files.putAll(uploaded);
        return files.isEmpty() ? EMPTY : new Draft(main(files), files);
    }

    private static String main(Map<String, String> files) {
        return files.containsKey(USUAL)
                ? USUAL
                : files.keySet().stream()
                        .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
                        .findFirst()
                        .orElse(files.keySet().iterator().next());
    }

    boolean isEmpty() {
        return files.values().stream().allMatch(String::isBlank);
    }

    /** One line of a file. */
    record Line(int number, String text, boolean meant) {}

    /** The lines around the one that a finding names; empty when it names none of this draft. */
    List<Line> around(Doc found) {
        Optional<String> text = Optional.ofNullable(files.get(found.text("file")));
        int number = (int) found.number("line");
        if (text.isEmpty() || number < 1) {
            return List.of();
        }
        List<String> lines = text.get().lines().toList();
        List<Line> around = new ArrayList<>();
        for (int i = Math.max(1, number - AROUND); i <= Math.min(lines.size(), number + AROUND); i++) {
            around.add(new Line(i, lines.get(i - 1), i == number));
        }
        return around;
    }
}
