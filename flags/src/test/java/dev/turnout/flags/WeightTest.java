package dev.turnout.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {
    @ParameterizedTest
    @CsvSource({"5%,5000", "0.001 %,1", "100%,100000", "1e2%,100000", "12.5000%,12500"})
    void a_percentage_is_read_in_steps_of_a_thousandth(String text, int weight) {
        assertThat(Weight.parse(text)).isEqualTo(new Weight(weight));
    }

    /** Written out, the last two would have a billion digits: it has to be refused before anybody reckons with it. */
    @ParameterizedTest
    @ValueSource(strings = {"101%", "-1%", "0.0001%", "1e999999999%", "1e-999999999%"})
    void what_is_out_of_range_or_finer_is_refused_in_few_words(String text) {
        assertThatThrownBy(() -> Weight.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(100);
    }

    @Test
    void it_is_written_as_it_is_read() {
        assertThat(Weight.parse(new Weight(12_345).toString())).isEqualTo(new Weight(12_345));
    }
}
