package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.WholeWay;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * AskPro's tables into a lean schema on the same MySQL: carried once from the first phase to the last while the people of
 * every company write, on whichever side their company is; each test then looks at what was seen on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BookingConsolidationTest {
    private static final int ROWS = 4_000;

    private final TestDatabase askpro = TestServer.MYSQL.newDatabase();
    private final TestDatabase next = TestServer.MYSQL.newDatabase();
    private final AskProDesk desk;
    private final List<Phase> phases;
    private List<String> whenTheRampOpened = List.of("never looked");
    private final List<String> onTheRamp = new ArrayList<>();
    private List<String> beforeTheContract = List.of("never looked");
    private final Map<String, String> counts = new LinkedHashMap<>();
    private final Map<String, String> traps = new LinkedHashMap<>();
    private final Map<String, List<String>> references = new LinkedHashMap<>();
    private final Map<String, String> bystanders = new LinkedHashMap<>();

    BookingConsolidationTest(@TempDir Path folder) throws Exception {
        AskPro.load(askpro, ROWS);
        lookAtBystanders();
        desk = new AskProDesk(askpro, next, ROWS, Duration.ofMillis(5));
        KilledWorker worker = KilledWorker.unharmed(folder, AskPro.bundle("schema: " + next.name()))
                .chunks(2_000)
                .database("askpro", askpro.settings());
        worker.carry(new Ramp());
        phases = worker.phases();
        desk.stopped();
    }

    /** What the test does while the run is carried. */
    private final class Ramp implements KilledWorker.Application {
        @Override
        public void ramp(int weight) throws Exception {
            if (whenTheRampOpened.equals(List.of("never looked"))) {
                desk.writers().atRest(() -> whenTheRampOpened = AskPro.differences(askpro, next));
                look();
            }
            desk.sides(company -> AskProDesk.bucket(company) < weight);
            long before = desk.appointments().kept();
            while (desk.appointments().kept() < before + 300) {
                Thread.onSpinWait();
            }
            desk.writers().atRest(() -> onTheRamp.addAll(AskPro.differences(askpro, next)));
        }

        @Override
        public void bothSides() throws Exception {
            desk.writers().atRest(() -> {
                beforeTheContract = AskPro.differences(askpro, next);
                beforeTheContract.addAll(desk.appointments().brokenBy(AskProDesk.appointmentsOf(askpro)));
                beforeTheContract.addAll(desk.appointments().brokenBy(AskProDesk.appointmentsOf(next)));
                return beforeTheContract;
            });
            desk.leaveOld();
        }
    }

    private void look() throws Exception {
        desk.writers().atRest(() -> {
            for (String table : LeanSchema.tables()) {
                counts.put(table, next.one("SELECT COUNT(*) FROM " + table));
            }
            counts.put("implied companies", old("companies"));
            counts.put("implied branches", old("branches"));
            counts.put("implied customers", old("customers"));
            counts.put("implied staff", old("staff"));
            counts.put(
                    "implied calcom_event_types",
                    askpro.one("SELECT (SELECT COUNT(*) FROM services WHERE deleted_at IS NULL)"
                            + " + (SELECT COUNT(*) FROM companies)"));
            counts.put(
                    "implied staff_event_type_assignments",
                    old("staff_service_assignments a JOIN services s ON s.id = a.service_id AND s.deleted_at IS NULL"
                            + " JOIN staff f ON f.id = a.staff_id AND f.company_id = s.company_id"));
            counts.put("implied appointments", old("appointments"));
            counts.put("implied calls", old("calls"));
            counts.put("implied phone_numbers", old("phone_numbers"));
            counts.put("implied users", old("users"));
            counts.put(
                    "implied webhook_events",
                    askpro.one("SELECT (SELECT COUNT(*) FROM retell_webhooks)"
                            + " + (SELECT COUNT(*) FROM webhook_logs WHERE type = 'calcom')"));
            lookAtReferences();
            lookAtTraps();
            return counts;
        });
    }

    /** Each reference of the new tables: that its row is there, and is the same tenant's. */
    private void lookAtReferences() throws SQLException {
        Spec spec = SpecReader.read(AskPro.bundle("schema: " + next.name())).orThrow();
        for (Assertion assertion : spec.assertions()) {
            references.put(assertion.name(), next.query(((Assertion.NoRow) assertion).rows()));
        }
    }

    private void lookAtTraps() throws SQLException {
        String both = askpro.name() + ".appointments o JOIN " + next.name() + ".appointments n ON n.id = o.id"
                + " JOIN " + next.name() + ".calcom_event_types e ON e.id = n.event_type_id";
        traps.put(
                "appointments of two services of one name that share an event type",
                next.one(
                        "SELECT COUNT(*) FROM (SELECT e.id FROM " + both
                                + " WHERE e.origin = 'service' GROUP BY e.id HAVING COUNT(DISTINCT o.service_id) > 1) AS shared"));
        traps.put(
                "appointments of deleted services that are not in their company's archive",
                next.one("SELECT COUNT(*) FROM " + both + " JOIN " + askpro.name()
                        + ".services s ON s.id = o.service_id WHERE s.deleted_at IS NOT NULL"
                        + " AND (e.origin <> 'company' OR e.company_id <> o.company_id)"));
        traps.put(
                "appointments at an event type of another company",
                next.one("SELECT COUNT(*) FROM " + both + " WHERE e.company_id <> n.company_id"));
        traps.put(
                "weekdays with more than one row of hours",
                askpro.one("SELECT COUNT(*) > 0 FROM (SELECT 1 FROM working_hours GROUP BY branch_id, weekday"
                        + " HAVING COUNT(*) > 1) AS several"));
        traps.put(
                "branches without hours that have some",
                next.one("SELECT COUNT(*) FROM branches b WHERE JSON_LENGTH(b.business_hours) > 0 AND NOT EXISTS"
                        + " (SELECT 1 FROM " + askpro.name() + ".working_hours w WHERE w.branch_id = b.id)"));
        traps.put(
                "webhooks of two tables with one id",
                next.one("SELECT COUNT(*) > 0 FROM webhook_events r JOIN webhook_events c ON c.legacy_id = r.legacy_id"
                        + " WHERE r.source = 'retell' AND c.source = 'calcom'"));
    }

    private void lookAtBystanders() throws SQLException {
        for (String table : List.of("tenants", "activity_log")) {
            bystanders.put(table, askpro.one("CHECKSUM TABLE " + table).replaceFirst(".*\\|", ""));
        }
    }

    private String old(String from) throws SQLException {
        return askpro.one("SELECT COUNT(*) FROM " + from);
    }

    @AfterAll
    void close() throws SQLException {
        desk.close();
        next.close();
        askpro.close();
    }

    @Test
    void goes_through_every_phase_to_the_end() {
        assertThat(phases).containsExactlyElementsOf(WholeWay.ENTERED);
    }

    @Test
    void row_by_row_there_is_no_difference_when_the_ramp_opens() {
        assertThat(whenTheRampOpened).isEmpty();
    }

    @Test
    void every_table_has_as_many_rows_as_the_rules_imply() {
        for (String table : LeanSchema.tables()) {
            assertThat(counts.get(table)).as(table).isEqualTo(counts.get("implied " + table));
        }
    }

    @Test
    void no_reference_is_an_orphan_and_no_row_of_one_tenant_reaches_another() {
        assertThat(references)
                .hasSize(14)
                .allSatisfy((name, rows) -> assertThat(rows).as(name).isEmpty());
    }

    @Test
    void writes_of_every_company_reach_the_other_side_on_whichever_side_it_is() {
        assertThat(onTheRamp).isEmpty();
        assertThat(beforeTheContract).isEmpty();
        assertThat(desk.appointments().kept()).isGreaterThan(1_000);
    }

    @Test
    void no_trap_of_the_plan_by_hand_is_fallen_into() {
        assertThat(traps)
                .containsEntry("appointments of two services of one name that share an event type", "0")
                .containsEntry("appointments of deleted services that are not in their company's archive", "0")
                .containsEntry("appointments at an event type of another company", "0")
                .containsEntry("weekdays with more than one row of hours", "1")
                .containsEntry("branches without hours that have some", "0")
                .containsEntry("webhooks of two tables with one id", "1");
    }

    @Test
    void what_was_acknowledged_is_there_after_the_old_side_is_gone() throws SQLException {
        assertThat(desk.appointments().brokenBy(AskProDesk.appointmentsOf(next)))
                .isEmpty();
    }

    @Test
    void the_contract_takes_the_old_tables_and_the_ids_that_led_back_to_them() throws SQLException {
        assertThat(askpro.query(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1",
                        askpro.name()))
                .containsExactly("activity_log", "tenants");
        assertThat(next.query(
                        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ?"
                                + " AND column_name IN ('legacy_id', 'origin')",
                        next.name()))
                .isEmpty();
    }

    @Test
    void every_reference_is_a_foreign_key_in_the_end() throws SQLException {
        assertThat(next.one(
                        "SELECT COUNT(*) FROM information_schema.table_constraints"
                                + " WHERE table_schema = ? AND constraint_type = 'FOREIGN KEY'",
                        next.name()))
                .isEqualTo("18");
    }

    @Test
    void tables_that_nobody_moves_are_as_they_were() throws SQLException {
        for (Map.Entry<String, String> table : bystanders.entrySet()) {
            assertThat(askpro.one("CHECKSUM TABLE " + table.getKey()).replaceFirst(".*\\|", ""))
                    .isEqualTo(table.getValue());
        }
    }
}
