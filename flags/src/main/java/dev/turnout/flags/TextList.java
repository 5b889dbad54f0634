package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;

/** Several texts in one parameter: {@code KR,JP}. A comma or backslash within a text has a backslash before it. */
public final class TextList {
    private TextList() {}

    /** Spaces around each text are dropped, and texts that are then empty. */
    public static List<String> read(String parameter) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parameter.length(); i++) {
            char c = parameter.charAt(i);
            if (c == '\\' && i + 1 < parameter.length()) {
                text.append(parameter.charAt(++i));
            } else if (c == ',') {
                texts.add(text.toString().strip());
                text.setLength(0);
            } else {
                text.append(c);
            }
        }
        texts.add(text.toString().strip());
        texts.removeIf(String::isEmpty);
        return List.copyOf(texts);
    }

    public static String write(List<String> texts) {
        return String.join(
                ",",
                texts.stream()
                        .map(text -> text.replace("\\", "\\\\").replace(",", "\\,"))
                        .toList());
    }
}
