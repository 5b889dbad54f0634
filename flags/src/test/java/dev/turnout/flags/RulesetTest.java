package dev.turnout.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.wire.Ruleset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesetTest {
    @Test
    void everyFlagComesBackAsItWas() {
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            FlagSet flags = RandomFlags.set(random, 8);
            FlagSet read = Ruleset.read(Ruleset.write(flags));
            assertThat(read.version()).isEqualTo(flags.version());
            assertThat(List.copyOf(read.flags())).isEqualTo(List.copyOf(flags.flags()));
        }
    }

    @Test
    void aNewerServerMayTellMore() {
        String json = Ruleset.write(FlagSet.of(3, List.of(Flag.create("new-schema"))))
                .replace("\"key\":", "\"colour\":{\"of\":[\"tomorrow\"]},\"key\":");
        assertThat(Ruleset.read(json).flag("new-schema")).contains(Flag.create("new-schema"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "null", "{\"version\":1}", "{\"version\":1,\"flags\":[{}]}", "{\"version\":1"})
    void whatIsNoRulesetIsRefused(String text) {
        assertThatThrownBy(() -> Ruleset.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
