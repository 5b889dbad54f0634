package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.WholeWay;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * AskPro's tables into a lean schema on a PostgreSQL: carried once from the first phase to the last while the people of every
 * company write, on the old side until the writes change sides and on the new one from then on; each test then looks at what
 * was seen on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BookingConsolidationAcrossTest {
    private static final int ROWS = 4_000;

    private final TestDatabase askpro = TestServer.MYSQL.newDatabase();
    private final TestDatabase next = TestServer.POSTGRES_18.newDatabase();
    private final Spec spec = SpecReader.read(AskPro.toPostgres()).orThrow();
    private final Look look;
    private final List<Phase> phases;

    BookingConsolidationAcrossTest(@TempDir Path folder) throws Exception {
        AskPro.load(askpro, ROWS);
        look = new Look(new Across(askpro, next, ROWS));
        KilledWorker worker = KilledWorker.unharmed(folder, AskPro.toPostgres())
                .chunks(2_000)
                .database("askpro", askpro.settings())
                .database("next", next.settings());
        worker.carry(look);
        phases = worker.phases();
        look.people.more(100);
        look.people.desk.stopped();
    }

    /** What is seen while the run is carried. */
    private final class Look implements KilledWorker.Application {
        final Across people;
        final Map<String, Long> counts = new LinkedHashMap<>();
        final Map<String, String> traps = new LinkedHashMap<>();
        final Map<String, String> bystanders = new LinkedHashMap<>();
        final List<String> refused = new ArrayList<>();
        final List<String> brokenAssertions = new ArrayList<>();
        List<String> whenTheRampOpened = List.of("never looked");

        Look(Across people) throws SQLException {
            this.people = people;
            for (String table : List.of("tenants", "activity_log")) {
                bystanders.put(table, checksum(table));
            }
        }

        @Override
        public void ramp(int weight) throws Exception {
            if (counts.isEmpty()) {
                whenTheRampOpened = people.differences();
                people.desk.writers().atRest(() -> {
                    people.arrived();
                    return count();
                });
            }
            people.ramp(weight);
        }

        @Override
        public void bothSides() throws Exception {
            people.bothSides();
            for (String write : List.of(
                    "INSERT INTO webhook_events (source, event_type, payload, status) VALUES ('mail', 'x', '{}', 'pending')",
                    "UPDATE calcom_event_types SET name = 'x'",
                    "DELETE FROM staff_event_type_assignments",
                    "UPDATE branches SET business_hours = '{\"monday\": 1}'")) {
                try {
                    next.execute(write);
                } catch (SQLException e) {
                    refused.add(String.valueOf(e.getMessage()));
                }
            }
            people.desk.writers().atRest(() -> {
                people.arrived();
                for (Assertion assertion : spec.assertions()) {
                    if (assertion instanceof Assertion.NoRow noRow && noRow.on() == Side.NEW) {
                        next.query(noRow.rows()).forEach(row -> brokenAssertions.add(assertion.name() + ": " + row));
                    }
                }
                return brokenAssertions;
            });
            people.desk.leaveOld();
        }

        private Map<String, Long> count() throws SQLException {
            for (String table : LeanSchema.tables()) {
                counts.put(table, Long.valueOf(next.one("SELECT COUNT(*) FROM " + table)));
            }
            for (String table : List.of(
                    "companies", "branches", "customers", "staff", "appointments", "calls", "phone_numbers", "users")) {
                counts.put("implied " + table, old(table));
            }
            counts.put("implied calcom_event_types", old("services WHERE deleted_at IS NULL") + old("companies"));
            counts.put(
                    "implied staff_event_type_assignments",
                    old("staff_service_assignments a JOIN services s ON s.id = a.service_id AND s.deleted_at IS NULL"
                            + " JOIN staff f ON f.id = a.staff_id AND f.company_id = s.company_id"));
            counts.put("implied webhook_events", old("retell_webhooks") + old("webhook_logs WHERE type = 'calcom'"));
            traps.put(
                    "appointments at an event type of another company",
                    next.one("SELECT COUNT(*) FROM appointments a JOIN calcom_event_types e ON e.id = a.event_type_id"
                            + " WHERE e.company_id <> a.company_id"));
            traps.put(
                    "archived event types with appointments",
                    next.one(
                            "SELECT COUNT(*) > 0 FROM appointments a JOIN calcom_event_types e ON e.id = a.event_type_id"
                                    + " WHERE e.is_archive"));
            traps.put(
                    "names that two event types of a company share",
                    next.one("SELECT COUNT(*) > 0 FROM (SELECT 1 FROM calcom_event_types GROUP BY company_id, name"
                            + " HAVING COUNT(*) > 1) AS several"));
            traps.put(
                    "branches with a row per weekday",
                    next.one("SELECT COUNT(*) > 0 FROM branches WHERE business_hours ->> 'monday' IS NOT NULL"));
            traps.put(
                    "webhooks of two tables with one id",
                    next.one(
                            "SELECT COUNT(*) > 0 FROM webhook_events r JOIN webhook_events c ON c.legacy_id = r.legacy_id"
                                    + " WHERE r.source = 'retell' AND c.source = 'calcom'"));
            return counts;
        }

        private long old(String from) throws SQLException {
            return Long.parseLong(askpro.one("SELECT COUNT(*) FROM " + from));
        }
    }

    private String checksum(String table) throws SQLException {
        return askpro.one("CHECKSUM TABLE " + table).replaceFirst(".*\\|", "");
    }

    @AfterAll
    void close() throws SQLException {
        look.people.close();
        next.close();
        askpro.close();
    }

    @Test
    void goes_through_every_phase_to_the_end() {
        assertThat(phases).containsExactlyElementsOf(WholeWay.ENTERED);
    }

    @Test
    void row_by_row_there_is_no_difference_when_the_ramp_opens() {
        assertThat(look.whenTheRampOpened).isEmpty();
    }

    @Test
    void every_table_has_as_many_rows_as_the_rules_imply() {
        for (String table : LeanSchema.tables()) {
            assertThat(look.counts.get(table)).as(table).isEqualTo(look.counts.get("implied " + table));
        }
    }

    @Test
    void no_trap_of_the_plan_by_hand_is_fallen_into() {
        assertThat(look.traps)
                .containsEntry("appointments at an event type of another company", "0")
                .containsEntry("archived event types with appointments", "t")
                .containsEntry("names that two event types of a company share", "t")
                .containsEntry("branches with a row per weekday", "t")
                .containsEntry("webhooks of two tables with one id", "t");
    }

    @Test
    void no_row_of_a_tenant_reaches_another_and_no_reference_leads_nowhere() {
        assertThat(look.brokenAssertions).isEmpty();
    }

    @Test
    void what_has_no_way_back_is_refused_on_the_new_side_and_says_where_to_write_it() {
        assertThat(look.refused).hasSize(4).allSatisfy(words -> assertThat(words)
                .contains("written on the old side until the contract"));
    }

    @Test
    void what_was_acknowledged_is_there_after_the_old_side_is_gone() throws SQLException {
        assertThat(look.people.desk.appointments().brokenBy(AskProDesk.appointmentsOf(next)))
                .isEmpty();
        assertThat(look.people.desk.appointments().kept()).isGreaterThan(500);
    }

    @Test
    void the_contract_takes_the_old_tables_and_the_ids_that_led_back_to_them() throws SQLException {
        assertThat(askpro.query(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1",
                        askpro.name()))
                .containsExactly("activity_log", "tenants");
        assertThat(next.query("SELECT table_name, column_name FROM information_schema.columns"
                        + " WHERE table_schema = 'public' AND column_name IN ('legacy_id', 'origin')"))
                .isEmpty();
    }

    @Test
    void every_reference_is_a_foreign_key_in_the_end() throws SQLException {
        assertThat(next.one("SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
                        + " AND connamespace = 'public'::regnamespace"))
                .isEqualTo("18");
    }

    @Test
    void no_trigger_is_left_behind() throws SQLException {
        assertThat(next.query("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
                .isEmpty();
    }

    @Test
    void tables_that_nobody_moves_are_as_they_were() throws SQLException {
        for (Map.Entry<String, String> table : look.bystanders.entrySet()) {
            assertThat(checksum(table.getKey())).isEqualTo(table.getValue());
        }
    }
}
