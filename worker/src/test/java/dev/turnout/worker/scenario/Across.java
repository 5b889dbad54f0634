package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * AskPro's people while their tables go from a MySQL to a PostgreSQL: they read on either side as the ramp says, write where
 * they are not refused, and never hear what phase the migration is in.
 */
final class Across implements KilledWorker.Application, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final TestDatabase askpro;
    private final TestDatabase next;
    private final List<String> services;
    final AskProDesk desk;

    Across(TestDatabase askpro, TestDatabase next, int rows) throws Exception {
        this.askpro = askpro;
        this.next = next;
        this.services = AskProDesk.servicesOf(askpro);
        this.desk = new AskProDesk(askpro, next, rows, Duration.ofMillis(50)).following();
    }

    /**
     * Reads move; the writes of all companies stay together. On the way back nobody asks the new side any more: whoever
     * writes is refused until the old one takes it.
     */
    @Override
    public void ramp(int weight) throws Exception {
        if (weight == 0) {
            desk.returning();
        } else {
            more(50);
        }
    }

    /** Once the new side takes the writes: some of them, and then both sides are compared row by row. */
    @Override
    public void bothSides() throws Exception {
        await().atMost(PATIENCE).until(() -> desk.onNewSide() && kept(1));
        more(300);
        assertThat(desk.onNewSide()).isTrue();
        assertThat(differences()).isEmpty();
        desk.writers().atRest(() -> {
            arrived();
            assertThat(AskProDesk.servicesOf(askpro)).isEqualTo(services);
            assertThat(desk.appointments().brokenBy(AskProDesk.appointmentsOf(askpro)))
                    .isEmpty();
            return desk.appointments().brokenBy(AskProDesk.appointmentsOf(next));
        });
    }

    /** What the old side alone knows is there still, and everything that was acknowledged. Nobody writes any more. */
    void wholeOnTheOldSide() throws SQLException {
        assertThat(AskProDesk.servicesOf(askpro)).isEqualTo(services);
        assertThat(desk.appointments().brokenBy(AskProDesk.appointmentsOf(askpro)))
                .isEmpty();
    }

    private boolean kept(int more) {
        long before = desk.appointments().kept();
        await().atMost(PATIENCE).until(() -> desk.appointments().kept() >= before + more);
        return true;
    }

    /** Until so many appointments more have been acknowledged. */
    void more(int appointments) {
        kept(appointments);
    }

    /** Row by row, with everybody at rest and nothing on its way. */
    List<String> differences() throws Exception {
        Differences found = new Differences();
        desk.writers().atRest(found::look);
        return found.rows;
    }

    private final class Differences {
        private List<String> rows = List.of("never looked");

        List<String> look() throws SQLException {
            arrived();
            rows = AskPro.differences(askpro, next);
            return rows;
        }
    }

    /** Waits for all that is on its way between the sides; whoever writes must be at rest. */
    void arrived() {
        await().atMost(PATIENCE).until(this::nothingOnItsWay);
    }

    private boolean nothingOnItsWay() throws SQLException {
        return carried(askpro) && carried(next);
    }

    private static boolean carried(TestDatabase side) throws SQLException {
        return side.query("SELECT 1 FROM turnout.changelog LIMIT 1").isEmpty();
    }

    @Override
    public void close() {
        desk.close();
    }
}
