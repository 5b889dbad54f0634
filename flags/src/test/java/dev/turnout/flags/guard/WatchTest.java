package dev.turnout.flags.guard;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchTest {
    private static final double USUAL = 0.002;
    private static final Weighed NOTHING = Weighed.of(Suspicion.NONE, new Counts(0, 0, 0, 0), 0);

    @Test
    void aHealthyFlagLivesThroughSpikesThatHitBothSides() {
        int looks = 0;
        int notCalm = 0;
        for (int seed = 0; seed < 12; seed++) {
            Crowd crowd = new Crowd(seed, 200, 10_000);
            for (int look = 0; look < 1440; look++) { // 2 h
                boolean spike = look >= 600 && look < 720; // 10 min
                Watch watch = crowd.look(spike ? 20 * USUAL : USUAL, spike ? 20 * USUAL : USUAL);
                assertThat(watch.alarm()).as("seed %s, look %s", seed, look).isEmpty();
                looks++;
                notCalm += watch.calm() ? 0 : 1;
            }
            assertThat(crowd.watch().split(crowd.weight()).plausible()).isTrue();
        }
        assertThat(notCalm).as("of %s looks", looks).isLessThan(looks / 100);
    }

    @ParameterizedTest
    @CsvSource({
        // weight, times the usual rate, looks of 5 s it may take
        "10000, 25, 4",
        "50000, 25, 2",
        "10000,  5, 60",
        "50000,  5, 25",
        " 1000, 25, 30",
    })
    void aBadReleaseIsFoundSoon(int weight, double times, int looks) {
        for (int seed = 0; seed < 5; seed++) {
            Crowd crowd = new Crowd(seed, 200, weight);
            assertThat(crowd.looksUntilAlarm(USUAL, USUAL, 360)).isEqualTo(Integer.MAX_VALUE);
            assertThat(crowd.looksUntilAlarm(USUAL, times * USUAL, 720))
                    .as("seed %s", seed)
                    .isLessThanOrEqualTo(looks);
            Alarm alarm = crowd.watch().alarm().orElseThrow();
            assertThat(alarm.controlled()).isTrue();
            assertThat(alarm.statistic()).isGreaterThan(alarm.threshold());
        }
    }

    @Test
    void aSideWithoutAControlIsComparedWithThePastOfTheOldSide() {
        Crowd crowd = new Crowd(7, 200, 50_000);
        assertThat(crowd.looksUntilAlarm(USUAL, USUAL, 360)).isEqualTo(Integer.MAX_VALUE);
        crowd.moveTo(Weight.ALL);
        assertThat(crowd.looksUntilAlarm(USUAL, USUAL, 720)).isEqualTo(Integer.MAX_VALUE);
        assertThat(crowd.looksUntilAlarm(USUAL, 25 * USUAL, 720)).isLessThanOrEqualTo(2);
        assertThat(crowd.watch().alarm().orElseThrow().controlled()).isFalse();
    }

    @Test
    void oneUnitThatFailsForEverIsNoBadRelease() {
        Crowd crowd = new Crowd(3, 40, 10_000);
        for (int look = 0; look < 1440; look++) {
            Watch before = crowd.look(0.0005, 0.0005);
            assertThat(before.alarm()).isEmpty();
            crowd.look(Outcomes.NONE, Crowd.outcomes(List.of(4711), List.of(4711)));
            assertThat(crowd.watch().alarm()).as("look %s", look).isEmpty();
        }
    }

    @Test
    void aUnitCountsOncePerSideAndHour() {
        Crowd crowd = new Crowd(1, 1, 5_000);
        Outcomes again = Crowd.outcomes(List.of(7, 8), List.of(7));
        assertThat(counted(crowd.look(Outcomes.NONE, again))).isEqualTo(new Counts(0, 0, 2, 1));
        assertThat(counted(crowd.look(Outcomes.NONE, again))).isEqualTo(new Counts(0, 0, 1, 0));
        assertThat(counted(crowd.look(again, Outcomes.NONE)))
                .as("the other side counts for itself")
                .isEqualTo(new Counts(2, 1, 0, 0));
        Watch nextHour = crowd.watch().after(Crowd.START.plus(Duration.ofHours(1)), Outcomes.NONE, again);
        assertThat(counted(nextHour)).isEqualTo(new Counts(0, 0, 2, 1));
        Watch clockBack = nextHour.after(Crowd.START, Outcomes.NONE, again);
        assertThat(counted(clockBack)).as("a clock that went back").isEqualTo(new Counts(0, 0, 1, 0));
    }

    private static Counts counted(Watch watch) {
        return watch.weighed().getOrDefault(Metric.FAILURES, NOTHING).counts();
    }

    @Test
    void hitsThatComeInClustersOnOneSideWeighLess() {
        Dispersion independent = Dispersion.NONE;
        Dispersion clustered = Dispersion.NONE;
        SplittableRandom random = new SplittableRandom(4);
        for (int look = 0; look < 2_000; look++) {
            int newHit = (int) random.ints(10, 0, 10).filter(side -> side == 0).count();
            independent = independent.after(new Counts(900, 10 - newHit, 100, newHit));
            int cluster = random.nextInt(10) == 0 ? 10 : 0;
            clustered = clustered.after(new Counts(900, 10 - cluster, 100, cluster));
        }
        assertThat(independent.factor()).isBetween(1.0, 1.1);
        assertThat(clustered.factor()).as("clusters of ten").isBetween(5.0, 11.0);
        Dispersion turnedBad = independent.after(new Counts(900, 0, 100, 80));
        assertThat(turnedBad.factor()).as("one look decides nothing").isLessThan(independent.factor() + 0.1);
        assertThat(independent.after(new Counts(900, 0, 0, 0))).isEqualTo(independent);
    }

    @Test
    void whereNothingCanBeHeldAgainstTheNewSideThatIsSaid() {
        Crowd crowd = new Crowd(1, 1, Weight.WHOLE);
        assertThat(crowd.look(Outcomes.NONE, Crowd.outcomes(numbers(0, 50), List.of()))
                        .figures()
                        .incomparable())
                .as("nobody was hit")
                .isEmpty();
        assertThat(crowd.look(Outcomes.NONE, Crowd.outcomes(numbers(0, 50), List.of(3)))
                        .figures()
                        .incomparable())
                .contains(Metric.FAILURES);
        assertThat(crowd.look(Crowd.outcomes(numbers(100, 150), List.of()), Outcomes.NONE)
                        .figures()
                        .incomparable())
                .isEmpty();
    }

    @Test
    void theUnitsOfASideAreThoseBelowTheWeight() {
        Units units = Units.of(List.of(0, 63, 64, 4_999, 5_000, 99_999));
        assertThat(units.within(new Weight(5_000))).isEqualTo(Units.of(List.of(0, 63, 64, 4_999)));
        assertThat(units.within(new Weight(64))).isEqualTo(Units.of(List.of(0, 63)));
        assertThat(units.within(Weight.NONE)).isEqualTo(Units.NONE);
        assertThat(units.within(Weight.ALL)).isEqualTo(units);
        assertThat(units.without(Units.of(List.of(64, 99_999))).and(Units.of(List.of(1))))
                .isEqualTo(Units.of(List.of(0, 1, 63, 4_999, 5_000)));
    }

    @Test
    void tenFirstUnitsThatAllFailStopTheReleaseAtOnce() {
        Crowd crowd = new Crowd(1, 1, 5_000);
        Outcomes well = Crowd.outcomes(numbers(50_000, 50_100), List.of());
        assertThat(crowd.look(well, Crowd.outcomes(numbers(0, 9), numbers(0, 9)))
                        .alarm())
                .isEmpty();
        Alarm alarm = crowd.look(Outcomes.NONE, Crowd.outcomes(List.of(9), List.of(9)))
                .alarm()
                .orElseThrow();
        assertThat(alarm.rule()).isEqualTo("hard stop");
        assertThat(alarm.because()).contains("each of the first 10 units").contains("0 of 100");
    }

    @Test
    void tenFirstUnitsDoNotStopTheReleaseWhenTheOldSideFailsToo() {
        Crowd crowd = new Crowd(1, 1, 5_000);
        Outcomes halfDown = Crowd.outcomes(numbers(50_000, 50_100), numbers(50_000, 50_050));
        assertThat(crowd.look(halfDown, Crowd.outcomes(numbers(0, 12), numbers(0, 12)))
                        .alarm())
                .isEmpty();
    }

    @Test
    void fewUnitsAreNoEvidenceHoweverBadTheyAre() {
        Crowd crowd = new Crowd(1, 1, 5_000);
        Outcomes well = Crowd.outcomes(numbers(10_000, 20_000), List.of());
        Watch watch = crowd.look(well, Crowd.outcomes(numbers(0, 19), numbers(0, 18)));
        assertThat(watch.evidence(Metric.FAILURES)).isGreaterThan(Watch.LIMIT);
        assertThat(watch.alarm()).as("19 exposed units are too few").isEmpty();
        assertThat(watch.calm()).isFalse();
        assertThat(crowd.look(Outcomes.NONE, Crowd.outcomes(List.of(19), List.of()))
                        .alarm())
                .isPresent();
    }

    @Test
    void slowUnitsAndMismatchesAreWatchedLikeFailures() {
        Units slow = Units.of(numbers(0, 30));
        Outcomes well = Crowd.outcomes(numbers(10_000, 10_500), List.of());
        Outcomes crawling = new Outcomes(Units.of(numbers(0, 50)), Units.NONE, slow, Units.NONE);
        Outcomes differing = new Outcomes(Units.of(numbers(0, 50)), Units.NONE, Units.NONE, slow);
        Watch fresh = Watch.from(Crowd.START);
        assertThat(fresh.after(Crowd.START, well, crawling).alarm())
                .map(Alarm::metric)
                .contains(Metric.SLOW);
        assertThat(fresh.after(Crowd.START, well, differing).alarm())
                .map(Alarm::metric)
                .contains(Metric.MISMATCHES);
    }

    @Test
    void aChangeOfTheWeightBeginsAnew() {
        Crowd crowd = new Crowd(1, 200, 50_000);
        assertThat(crowd.looksUntilAlarm(USUAL, 0.5, 10)).isEqualTo(1);
        crowd.moveTo(new Weight(5_000));
        assertThat(crowd.watch().alarm()).isEmpty();
        assertThat(crowd.watch().calm()).isTrue();
        assertThat(crowd.watch().fresh().exposed()).isEqualTo(Units.NONE);
        assertThat(crowd.watch().ground()).isEqualTo(new Ground("5%", 1, Optional.empty()));
        Watch heard = crowd.look(USUAL, USUAL);
        assertThat(heard.ground().heardAt()).contains(Crowd.START.plus(Crowd.LOOK.multipliedBy(2)));
        assertThat(heard.on("5%", 2)).as("the same shape").isSameAs(heard);
    }

    @ParameterizedTest
    @CsvSource({
        "25000, 750, 250, true",
        "25000, 700, 300, false",
        "25000, 1000,  0, false",
        " 5000,  40,   0, true", // 2 expected: too few to say
        "100000,  0, 500, true",
    })
    void theRealisedSplitIsComparedWithTheWeight(int weight, int oldUnits, int newUnits, boolean plausible) {
        SplitCheck check = SplitCheck.of(new Weight(weight), oldUnits, newUnits);
        assertThat(check.plausible()).as(check.because()).isEqualTo(plausible);
    }

    @Test
    void theStateSurvivesBeingWrittenDown() {
        Crowd crowd = new Crowd(5, 200, 10_000);
        crowd.looksUntilAlarm(USUAL, 3 * USUAL, 5);
        Units exposed = crowd.watch().fresh().exposed();
        assertThat(Units.of(exposed.bytes())).isEqualTo(exposed);
        Weighed weighed = crowd.watch().figures().weighed().getOrDefault(Metric.FAILURES, NOTHING);
        assertThat(weighed.counts().hit()).isPositive();
        assertThat(weighed.holds()).isTrue();
        assertThat(weighed.again()).isEqualTo(weighed);
        assertThat(new Weighed(NOTHING.before(), weighed.counts(), 0, weighed.after()).holds())
                .as("begun from something else")
                .isFalse();
        Watch watch = crowd.watch();
        assertThat(new Watch(
                        watch.ground(),
                        watch.hour(),
                        watch.old(),
                        watch.fresh(),
                        Map.copyOf(watch.weighed()),
                        watch.oldRates(),
                        watch.baselines()))
                .isEqualTo(watch);
    }

    @Test
    void whatIsNoBucketIsRefused() {
        assertThatThrownBy(() -> Units.of(List.of(100_000))).hasMessageContaining("100000");
        byte[] tooMany = new byte[12_501];
        tooMany[12_500] = 1;
        assertThatThrownBy(() -> Units.of(tooMany)).hasMessageContaining("100000");
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().collect(toList());
    }
}
