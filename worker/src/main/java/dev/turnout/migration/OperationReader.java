package dev.turnout.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code backfill} and {@code checks}: how a run is operated and what its reports must say. */
final class OperationReader {
    private final SqlReader sql;

    OperationReader(SqlReader sql) {
        this.sql = sql;
    }

    static Tuning tuning(Part part) {
        Map<String, Part> entries = part.entries();
        Map<String, String> words = new LinkedHashMap<>();
        entries.forEach((name, word) -> words.put(name, word.text()));
        return Tuning.read(words, (name, wrong) -> entries.getOrDefault(name, part)
                .wrong(part.name() + ": " + name + " " + wrong, "correct it, or leave it to the engine"));
    }

    List<Check> checks(Part part) {
        List<Check> checks = new ArrayList<>();
        part.entries().forEach((name, entry) -> {
            Fields fields = entry.called("the check '" + name + "'").fields("sql", "before", "after", "on");
            Optional<String> before = fields.at("before").map(Part::textAsPostgresGivesIt);
            Optional<String> after = fields.at("after").map(Part::textAsPostgresGivesIt);
            if (before.isEmpty() && after.isEmpty()) {
                fields.owner()
                        .wrong("the check '" + name + "' expects nothing", "add before: or after: with its value");
            }
            checks.add(new Check(
                    name,
                    fields.need("sql", "SELECT count(*) FROM …").map(sql::query).orElse(""),
                    before,
                    after,
                    fields.at("on", Part::side, Side.OLD)));
        });
        return checks;
    }
}
