package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.server.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the worker that performs the writes of applications: each is done once, and in order. */
class KilledWriterTest {
    private static final long ROWS = 3_000;
    private static final double SCALE = 40_000;
    private static final int CLIENTS = 8;
    private static final int WRITES = 100;
    private static final int KILLS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Also of a write that is done again with the same values, and not of what the engine does to a row. */
    private static final String SEE = """
            CREATE TABLE seen (nr bigint GENERATED ALWAYS AS IDENTITY, id bigint, what text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
              IF TG_OP = 'DELETE' THEN INSERT INTO seen (id, what) VALUES (OLD.id, 'gone');
              ELSE INSERT INTO seen (id, what) VALUES (NEW.id, NEW.notes); END IF;
              RETURN NULL;
            END $$;
            CREATE TRIGGER see AFTER INSERT OR UPDATE OF notes OR DELETE ON reservations
              FOR EACH ROW EXECUTE FUNCTION see()""";

    private final Path folder;
    private Installation hospital;
    private Process worker;

    KilledWriterTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void start() throws Exception {
        hospital = new Installation(folder, ROWS, SCALE).open(EnumSet.of(Server.Part.HTTP));
        hospital.clinic.execute(SEE);
        hospital.operator().start();
        worker = WorkerProcess.start(hospital, folder);
    }

    @AfterEach
    void stop() throws Exception {
        worker.destroyForcibly().waitFor();
        hospital.close();
    }

    private void kill() throws Exception {
        worker.destroyForcibly().waitFor();
        worker = WorkerProcess.start(hospital, folder);
    }

    @Test
    void every_write_is_on_both_sides_once_and_in_the_order_of_its_client() throws Exception {
        List<WritingClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new WritingClient(i, hospital.uri(), hospital.token()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> writing = each(threads, clients, false);
            for (int i = 0; i < KILLS / 2; i++) {
                killAfter(100);
            }
            all(writing);
            await().atMost(PATIENCE).until(() -> phase() == Phase.ROLLING_OUT);
            writing = each(threads, clients, true);
            for (int i = 0; i < KILLS / 2; i++) {
                killAfter(100);
            }
            all(writing);
        } finally {
            threads.shutdownNow();
        }
        await().atMost(PATIENCE).until(() -> hospital.control
                .one("SELECT count(*) FROM outbox WHERE state = 'WAITING'")
                .equals("0"));
        hospital.closeApplication();

        assertThat(hospital.control.query("SELECT state, count(*) FROM outbox GROUP BY state"))
                .containsExactly("APPLIED|"
                        + clients.stream().mapToInt(WritingClient::sent).sum());
        for (WritingClient client : clients) {
            client.expected.forEach((row, changes) -> {
                List<String> seen = seen(row);
                if (row == WritingClient.SHARED) {
                    seen.removeIf(key -> !changes.contains(key));
                }
                assertThat(seen).as("changes of row " + row).isEqualTo(changes);
            });
        }
        assertThat(
                        hospital.clinic.one(
                                "SELECT count(*) FROM reservations r LEFT JOIN services s ON s.id = r.\"serviceId\""
                                        + " WHERE s.code IS DISTINCT FROM r.service::text OR s.name IS DISTINCT FROM r.\"serviceName\""
                                        + " OR (r.id >= 10000000 AND r.period IS DISTINCT FROM period_of(r.\"preferredTime\"))"))
                .isEqualTo("0");
    }

    /** At first all write the old side; once the new one is open, half of them write that. */
    private static List<Future<?>> each(ExecutorService threads, List<WritingClient> clients, boolean open) {
        List<Future<?>> writing = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            WritingClient client = clients.get(i);
            Side side = open && i % 2 == 0 ? Side.NEW : Side.OLD;
            writing.add(threads.submit(() -> {
                client.write(WRITES, side);
                return client;
            }));
        }
        return writing;
    }

    private static void all(List<Future<?>> writing) throws Exception {
        for (Future<?> each : writing) {
            each.get();
        }
    }

    /** Lets the worker finish some writes, so that it is killed in the midst of others. */
    private void killAfter(int finished) throws Exception {
        long before = finished();
        await().atMost(PATIENCE).until(() -> finished() >= before + finished || waiting() == 0);
        kill();
    }

    private long finished() throws SQLException {
        return Long.parseLong(hospital.control.one("SELECT count(*) FROM outbox WHERE state <> 'WAITING'"));
    }

    private long waiting() throws SQLException {
        return Long.parseLong(hospital.control.one("SELECT count(*) FROM outbox WHERE state = 'WAITING'"));
    }

    private List<String> seen(long row) {
        try {
            return new ArrayList<>(hospital.clinic.query("SELECT what FROM seen WHERE id = ? ORDER BY nr", row));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Phase phase() throws SQLException {
        return Phase.valueOf(hospital.control.one("SELECT phase FROM run"));
    }

    /** The one moment in which a write could be lost or done twice, held open until the worker is dead. */
    @Test
    void a_write_that_was_committed_and_not_acknowledged_is_found_done() throws Exception {
        hospital.control.execute("""
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$;
                CREATE TRIGGER hold BEFORE UPDATE ON outbox FOR EACH ROW WHEN (NEW.state <> 'WAITING')
                  EXECUTE FUNCTION hold()""");
        WritingClient client = new WritingClient(0, hospital.uri(), hospital.token());
        try (Connection holder = hospital.control.connect()) {
            holder.createStatement().execute("SELECT pg_advisory_lock(4711)");
            client.write(1, Side.OLD);
            await().atMost(PATIENCE).until(() -> hospital.clinic
                    .one("SELECT count(*) FROM seen WHERE id >= 10000000")
                    .equals("1"));
            worker.destroyForcibly().waitFor();
        }
        assertThat(hospital.control.query("SELECT state FROM outbox")).containsExactly("WAITING");
        worker = WorkerProcess.start(hospital, folder);
        await().atMost(PATIENCE).until(() -> finished() == 1);
        assertThat(hospital.control.one("SELECT state, claim FROM outbox")).isEqualTo("APPLIED|2");
        client.expected.forEach((row, changes) -> assertThat(seen(row)).isEqualTo(changes));
    }
}
