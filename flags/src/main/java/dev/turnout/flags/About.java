package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;

/** Who answers for a flag, and what people should know of it. Checked by the {@link Flag} that holds it. */
public record About(String owner, String notes) {
    public static final About NOTHING = new About("", "");

    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (owner.length() > 200) {
            problems.add("the owner has at most 200 characters, not " + owner.length());
        }
        if (notes.length() > 10_000) {
            problems.add("the notes have at most 10000 characters, not " + notes.length());
        }
        return problems;
    }
}
