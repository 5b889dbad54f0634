package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.server.Server;
import dev.turnout.server.demo.Audit.Findings;
import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.worker.testkit.WholeWay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the worker process in every phase, while bookings are made; then another one goes on. */
class KilledWorkerTest {
    private static final long ROWS = 30_000;
    private static final double SCALE = 40_000;
    private static final long SEED = 20261121;

    private final Path folder;

    KilledWorkerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void another_worker_goes_on_and_the_ledger_is_clean() throws Exception {
        Random random = new Random(SEED);
        Set<Phase> left = EnumSet.copyOf(WholeWay.WORKED_IN);
        List<Phase> killedIn = new ArrayList<>();
        try (Installation hospital = new Installation(folder, ROWS, SCALE).open(EnumSet.of(Server.Part.HTTP))) {
            Operator operator = hospital.operator();
            operator.start();
            Process worker = WorkerProcess.start(hospital, folder);
            try {
                long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
                for (Phase phase = phase(hospital); phase != Phase.DONE; phase = phase(hospital)) {
                    assertThat(System.nanoTime() - deadline)
                            .as("still in " + phase + ", " + seen(operator))
                            .isNegative();
                    assertThat(phase).isNotEqualTo(Phase.FAILED);
                    if (left.remove(phase)) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(60)));
                        worker.destroyForcibly().waitFor();
                        killedIn.add(phase(hospital));
                        worker = WorkerProcess.start(hospital, folder);
                    }
                    operate(operator, hospital);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                }
            } finally {
                worker.destroyForcibly().waitFor();
            }
            hospital.closeApplication();
            Findings findings = Audit.of(hospital.clinic.dataSource(), hospital.ledger, Sides.NEW);
            assertThat(findings.acknowledged()).isGreaterThan(1_000);
            assertThat(findings.clean())
                    .as(findings + " " + findings.examples())
                    .isTrue();
            assertThat(Facts.read(hospital.clinic.dataSource()).asPromised()).isTrue();
            assertThat(hospital.clinic.one("SELECT count(*) FROM turnout.rejected"))
                    .isEqualTo("0");
        }
        assertThat(killedIn)
                .as("a kill in nearly every phase, the short ones included")
                .hasSizeGreaterThanOrEqualTo(8);
    }

    private static Phase phase(Installation hospital) throws Exception {
        return Phase.valueOf(hospital.control.one("SELECT phase FROM run"));
    }

    private static String seen(Operator operator) throws Exception {
        return operator.standing()
                .map(now -> now.weight() + " " + now.rolloutBecause() + " " + now.troubles())
                .orElse("no run");
    }

    /** What an operator does without waiting to be asked. */
    private void operate(Operator operator, Installation hospital) throws Exception {
        Optional<Standing> standing = operator.standing();
        if (standing.isEmpty()) {
            return;
        }
        Standing now = standing.get();
        if (now.phase() == Phase.ROLLING_OUT && now.rolloutBecause().contains("approv")) {
            operator.approveStep("half of the patients are served well");
        }
        if (now.phase() == Phase.SOAKING && !now.backedUp()) {
            Findings both = Audit.of(hospital.clinic.dataSource(), hospital.ledger, Sides.BOTH);
            assertThat(both.clean()).as(both + " " + both.examples()).isTrue();
            operator.recordBackup("by the test");
            operator.approveContract("both sides agree");
        }
    }
}
