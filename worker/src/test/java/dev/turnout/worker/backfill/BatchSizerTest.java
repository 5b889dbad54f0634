package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchSizerTest {
    private static final Duration TARGET = Duration.ofMillis(50);
    private final BatchSizer sizer = new BatchSizer();

    // A batch of 500 rows took so long; the next has so many.
    @ParameterizedTest
    @CsvSource({
        "1,    750", // far below the target: grows by half and no more
        "40,   625", // 80 us a row: 625 of them take 50 ms
        "50,   500",
        "100,  250",
        "199,  125",
        "201,  100", // a stall: a fifth
        "60000, 100",
    })
    void followsTheTarget(long millis, int next) {
        sizer.took(500, Duration.ofMillis(millis), TARGET);
        assertThat(sizer.size()).isEqualTo(next);
    }

    @Test
    void staysWithinItsBounds() {
        for (int i = 0; i < 100; i++) {
            sizer.took(sizer.size(), Duration.ofNanos(1000), TARGET);
        }
        assertThat(sizer.size()).isEqualTo(BatchSizer.MOST);
        for (int i = 0; i < 100; i++) {
            sizer.took(sizer.size(), Duration.ofSeconds(9), TARGET);
        }
        assertThat(sizer.size()).isEqualTo(BatchSizer.FEWEST);
    }

    @Test
    void oneSlowBatchCountsUntilNineOthersWereFast() {
        sizer.took(500, Duration.ofMillis(100), TARGET);
        sizer.took(250, Duration.ofMillis(25), TARGET);
        assertThat(sizer.size()).as("p90 of two is the slower").isEqualTo(250);
        for (int i = 0; i < 7; i++) {
            sizer.took(250, Duration.ofMillis(25), TARGET);
        }
        assertThat(sizer.size()).as("one of nine is above the p90").isEqualTo(250);
        sizer.took(250, Duration.ofMillis(25), TARGET);
        assertThat(sizer.size()).as("one of ten is not").isEqualTo(375);
    }

    @Test
    void aChangedTargetCountsFromTheNextBatchOn() {
        sizer.took(500, Duration.ofMillis(50), TARGET);
        sizer.took(500, Duration.ofMillis(50), Duration.ofMillis(20));
        assertThat(sizer.size()).isEqualTo(200);
    }

    @Test
    void givingWayHalves() {
        sizer.yielded();
        assertThat(sizer.size()).isEqualTo(250);
    }

    @Test
    void aSearchEndsAtTheBadRowAndTakesTheRestAsAWhole() {
        Search search = Search.in(8);
        assertThat(search.size()).isEqualTo(4);
        search = search.passed();
        assertThat(search).as("the bad row is in the second half").isEqualTo(new Search(4, 4));
        search = search.failed().failed();
        assertThat(search.size()).isEqualTo(1);
        search = search.found();
        assertThat(search).isEqualTo(new Search(3, 3));
        assertThat(search.passed().over()).isTrue();
    }
}
