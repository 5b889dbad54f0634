package dev.turnout.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short version: that each benchmark still runs and measures what it says, not how fast this machine is today. */
class BenchTest {
    private static final long ROWS = 20_001;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @ParameterizedTest
    @EnumSource
    void measuresTheBackfillAndItsBaselineOverTheSameBatches(Workload workload) throws Exception {
        new BackfillBench(workload, out).run(ROWS, 1);
        assertReport().contains("median ratio", "by CPU");
    }

    @ParameterizedTest
    @EnumSource
    void measuresWhatAnApplicationFeels(Workload workload) throws Exception {
        new Stall(workload, out).run(ROWS, 1);
        assertReport().contains("alone", "during backfill");
    }

    @ParameterizedTest
    @EnumSource
    void measuresOneTwoAndFourLanesAndProcesses(Workload workload) throws Exception {
        new WorkersBench(workload, out).run(ROWS, 1);
        assertReport().contains("median ratio of 2 lanes", "of 4 processes");
    }

    @ParameterizedTest
    @EnumSource
    void measuresTheVerificationOfEveryChunk(Workload workload) throws Exception {
        new VerifyBench(workload, out).run(ROWS, 2);
        assertReport().contains("median ratio to one scan", "to both sides");
    }

    @ParameterizedTest
    @EnumSource
    void measuresTheHeapOfATenthAndOfAll(Workload workload) throws Exception {
        new MemoryBench(workload, out).run(ROWS);
        assertReport().contains(" 2,000 ", " 20,001 ", "times that for a tenth");
    }

    @Test
    void anOrderNamesWorkloadsRowsAndRounds() {
        assertThat(Order.of(new String[] {}, 7, 3).workloads()).containsExactly(Workload.values());
        Order order = Order.of(new String[] {"postgresql", "transfer", "500"}, 7, 3);
        assertThat(order.workloads()).containsExactly(Workload.CUSTOMERS);
        assertThat(order.rows()).isEqualTo(500);
        assertThat(order.rounds()).isEqualTo(3);
        assertThatThrownBy(() -> Order.of(new String[] {"oracle"}, 7, 3)).hasMessageContaining("mysql, same-table");
    }

    private AbstractStringAssert<?> assertReport() {
        String report = printed.toString(StandardCharsets.UTF_8);
        System.out.println(report);
        return assertThat(report).doesNotContain("NaN", "Infinity", "∞", " 0 rows");
    }
}
