package dev.turnout.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Reading;
import dev.turnout.migration.SpecReader;
import dev.turnout.migration.Tuning;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/spec.md names the keys that the reader of specs knows, no more and no fewer. */
class SpecPageTest {
    private static final String UNKNOWN = "qqqqqqqqqqqq";
    private static final Pattern KNOWN =
            Pattern.compile("'" + UNKNOWN + "' is not known in .*known here: (.*)", Pattern.DOTALL);

    /** What the reader says where a key stands that it does not know. */
    private static Set<String> known(String yaml) {
        String spec = yaml.replace("?", UNKNOWN + ": x").replace("~", "\n");
        Reading reading = SpecReader.read(new Bundle("m.yaml", Map.of("m.yaml", spec)));
        String problem = ((Reading.Refused) reading)
                .problems().stream()
                        .map(Object::toString)
                        .filter(each -> each.contains(UNKNOWN) && each.contains("known here"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(reading));
        Matcher list = KNOWN.matcher(problem);
        assertThat(list.find()).as(problem).isTrue();
        return new TreeSet<>(Arrays.asList(list.group(1).strip().split(", ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "the spec                        | ?",
                "database                        | database: { ? }",
                "flag                            | flag: { ? }",
                "an expand step                  | expand: [{ ? }]",
                "move: columns of the same table | move: { t: { ? } }",
                "down: one column                | move: { t: { down: { a: { ? } } } }",
                "move: into another table        | move: { t: { from: s, ? } }",
                "analyze: unplaced               | analyze: { t.c: { unplaced: { ? } } }",
                "a verify entry                  | verify: { a: { ? } }",
                "rollout                         | rollout: { ? }",
                "a rollout step                  | rollout: [{ ? }]",
                "a monitor                       | monitor: { a: { ? } }",
                "a schedule entry                | schedule: { a: { ? } }",
                "contract                        | contract: { ? }",
                "contract: when                  | contract: { when: { ? } }",
                "a contract step                 | contract: { steps: [{ ? }] }",
                "a check                         | checks: { a: { ? } }"
            })
    void every_key_is_documented_and_no_other(String section, String yaml) throws Exception {
        assertThat(Page.read("docs/spec.md").keys(section)).isEqualTo(known(yaml));
    }

    @Test
    void so_is_how_a_backfill_is_tuned() throws Exception {
        assertThat(Page.read("docs/spec.md").keys("backfill")).isEqualTo(new TreeSet<>(Tuning.NAMES));
    }
}
