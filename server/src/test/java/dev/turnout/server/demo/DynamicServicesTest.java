package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.Weight;
import dev.turnout.migration.Phase;
import dev.turnout.server.Server;
import dev.turnout.server.demo.Audit.Findings;
import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.server.demo.Operator.Incident;
import dev.turnout.worker.testkit.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hospital's reservations, enum to table: carried once from expand to contract while bookings are made, changed, cancelled
 * and withdrawn; each test then looks at what was seen on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DynamicServicesTest {
    private static final long ROWS = 20_000;
    private static final double SCALE = 40_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Set<Phase> phases = new LinkedHashSet<>();
    private final Set<Weight> weights = new LinkedHashSet<>();
    private final Map<Phase, Standing> firstOf = new LinkedHashMap<>();
    private final Set<Weight> weightsWhileLatched = new LinkedHashSet<>();
    private final Installation hospital;
    private final Path folder;
    private String fileBefore = "";
    private String fileAfterRamp = "";
    private String refusal = "";
    private Data whenTheRampOpened = new Data("", "", "", "", "", "");
    private Optional<Incident> incident = Optional.empty();
    private final Findings afterTheEnd;
    private final Facts facts;

    /** The data as it was when the ramp opened, counted by the database. */
    private record Data(
            String complete,
            String placedPercent,
            String periods,
            String differing,
            String oldTouched,
            String notNull) {}

    DynamicServicesTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        hospital = new Installation(folder, ROWS, SCALE);
        fileBefore = hospital.clinic.one("SELECT pg_relation_filenode('reservations')");
        hospital.open(EnumSet.allOf(Server.Part.class));
        Operator operator = hospital.operator();
        Director director = director(operator);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!phases.contains(Phase.DONE)) {
            assertThat(System.nanoTime() - deadline)
                    .as("still on the way: " + phases)
                    .isNegative();
            observe(operator);
            director.look();
            LockSupport.parkNanos(LOOK.toNanos());
        }
        hospital.closeApplication();
        afterTheEnd = Audit.of(hospital.clinic.dataSource(), hospital.ledger, Sides.NEW);
        facts = Facts.read(hospital.clinic.dataSource());
    }

    private Director director(Operator operator) throws Exception {
        PrintWriter nobody = new PrintWriter(Writer.nullWriter());
        Telling telling = new Telling(
                new Screen(nobody, false), hospital.pace.clock(), Story.open(folder.resolve("story.json"), ROWS));
        return new Director(
                operator,
                hospital.application(),
                hospital.ledger,
                hospital.clinic.dataSource(),
                new Backup(folder.resolve("backup.csv")),
                telling);
    }

    private void observe(Operator operator) throws Exception {
        Optional<Standing> seen = operator.standing();
        if (seen.isEmpty()) {
            return;
        }
        Standing now = seen.get();
        if (now.phase() == Phase.ROLLING_OUT && !phases.contains(Phase.ROLLING_OUT)) {
            whenTheRampOpened = data();
        }
        if (now.phase() == Phase.CONTRACTING && !phases.contains(Phase.CONTRACTING)) {
            fileAfterRamp = hospital.clinic.one("SELECT pg_relation_filenode('reservations')");
        }
        if (now.phase() == Phase.SOAKING && refusal.isEmpty()) {
            refusal = await().until(
                            () -> String.join(
                                    " ", operator.standing().orElseThrow().troubles()),
                            troubles -> troubles.contains("backup"));
        }
        phases.add(now.phase());
        weights.add(now.weight());
        firstOf.putIfAbsent(now.phase(), now);
        if (incident.isEmpty()) {
            incident = operator.incidents().stream().findFirst();
            if (incident.isPresent()) {
                stayLatched(operator);
            }
        }
    }

    /** Good data comes in again for a while, days of business time; nobody acknowledges. */
    private void stayLatched(Operator operator) throws Exception {
        hospital.application().deploy(Release.GOOD);
        for (int look = 0; look < 20; look++) {
            weightsWhileLatched.add(operator.standing().orElseThrow().weight());
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private Data data() throws SQLException {
        TestDatabase clinic = hospital.clinic;
        return new Data(
                clinic.one("SELECT count(*) FROM reservations"
                        + " WHERE num_nulls(\"serviceId\", \"serviceName\", \"estimatedDuration\") > 0"),
                clinic.one("SELECT floor(100.0 * count(period) / count(*)) FROM reservations"),
                clinic.one("SELECT count(DISTINCT period) FROM reservations"),
                clinic.one("SELECT count(*) FROM reservations r JOIN services s ON s.id = r.\"serviceId\""
                        + " WHERE s.code <> r.service::text"),
                clinic.one("SELECT count(*) FROM reservations r JOIN demo.loaded l USING (id)"
                        + " WHERE r.\"updatedAt\" = r.\"createdAt\" AND (r.service::text, r.\"preferredTime\")"
                        + " IS DISTINCT FROM (l.service, l.time)"),
                clinic.one("SELECT count(*) FROM pg_attribute WHERE attrelid = 'reservations'::regclass AND attnotnull"
                        + " AND attname IN ('serviceId', 'serviceName', 'estimatedDuration')"));
    }

    private Standing first(Phase phase) {
        return Objects.requireNonNull(firstOf.get(phase), phase.name());
    }

    @AfterAll
    void close() throws Exception {
        hospital.close();
    }

    @Test
    void goes_through_every_phase_to_the_end() {
        assertThat(phases)
                .contains(Phase.ROLLING_OUT, Phase.SOAKING, Phase.DONE)
                .doesNotContain(Phase.FAILED);
    }

    @Test
    void every_acknowledged_booking_is_there_as_it_was_promised() {
        assertThat(afterTheEnd.acknowledged()).isGreaterThan(1_000);
        assertThat(afterTheEnd.clean())
                .as(afterTheEnd + " " + afterTheEnd.examples())
                .isTrue();
    }

    @Test
    void expand_adds_six_services_and_eleven_time_slots() {
        assertThat(facts.services()).isEqualTo(6);
        assertThat(facts.slots()).isEqualTo(11);
    }

    @Test
    void the_distribution_of_formats_is_saved_before_a_row_is_written() {
        JsonObject analysis = first(Phase.ROLLING_OUT).report(Phase.ANALYZING);
        assertThat(analysis.encode()).contains("clock", "korean hour", "AM PM clock", "unplaced", "anytime");
    }

    @Test
    void what_the_data_was_like_and_what_became_of_it_is_on_record() {
        JsonObject baseline = first(Phase.DONE).report(Phase.CREATED).getJsonObject("baseline");
        assertThat(baseline.getJsonArray("checks").size()).isGreaterThanOrEqualTo(15);
        assertThat(first(Phase.DONE)
                        .report(Phase.CREATED)
                        .getJsonArray("trials")
                        .encode())
                .contains("triggerCost", "lossiness");
        JsonObject validation = first(Phase.DONE).report(Phase.VERIFYING).getJsonObject("validation");
        assertThat(validation.getJsonArray("checks").encode()).doesNotContain("FAILED", "UNKNOWN");
        JsonObject table = validation.getJsonArray("tables").getJsonObject(0);
        assertThat(table.getLong("total")).isGreaterThanOrEqualTo(ROWS);
        assertThat(table.getInteger("failed")).isZero();
    }

    @Test
    void every_reservation_is_complete_before_the_ramp_opens() {
        assertThat(whenTheRampOpened.complete()).isEqualTo("0");
    }

    @Test
    void at_least_95_percent_have_a_period_and_not_all_the_same() {
        assertThat(Integer.parseInt(whenTheRampOpened.placedPercent())).isBetween(95, 99);
        assertThat(whenTheRampOpened.periods()).isEqualTo("3");
    }

    @Test
    void each_new_service_is_its_old_enum_value() {
        assertThat(whenTheRampOpened.differing()).isEqualTo("0");
    }

    @Test
    void the_old_columns_of_rows_that_nobody_wrote_are_untouched() {
        assertThat(whenTheRampOpened.oldTouched()).isEqualTo("0");
    }

    @Test
    void not_null_comes_only_once_everything_holds() {
        assertThat(whenTheRampOpened.notNull()).isEqualTo("3");
    }

    /** The trap: ADD COLUMN with a default, or a change of type, would have written the whole table anew. */
    @Test
    void the_table_is_never_rewritten() {
        assertThat(fileAfterRamp).isEqualTo(fileBefore);
    }

    @Test
    void the_ramp_takes_every_step() {
        assertThat(weights)
                .containsAll(
                        List.of(Weight.parse("5%"), Weight.parse("25%"), Weight.parse("50%"), Weight.parse("100%")));
    }

    @Test
    void the_error_spike_sets_the_flag_to_zero_by_itself_and_says_why() {
        assertThat(incident).hasValueSatisfying(it -> {
            assertThat(it.source()).isEqualTo("OUTCOMES");
            assertThat(it.because()).isNotBlank();
            assertThat(it.evidence().isEmpty()).isFalse();
        });
    }

    @Test
    void nothing_advances_again_until_an_operator_acknowledges() {
        assertThat(weightsWhileLatched).containsExactly(Weight.NONE);
    }

    @Test
    void the_contract_names_every_condition_that_is_not_met() {
        assertThat(refusal).contains("stable for 14d", "approved: nobody", "backup: none");
    }

    @Test
    void the_old_side_is_gone_and_nothing_else() throws SQLException {
        assertThat(facts.oldGone()).isTrue();
        assertThat(facts.complete()).isEqualTo(facts.now());
        assertThat(hospital.clinic.query("SELECT attname FROM pg_attribute WHERE attrelid = 'reservations'::regclass"
                        + " AND attname IN ('service', 'preferredTime') AND NOT attisdropped"))
                .isEmpty();
        assertThat(hospital.clinic.query("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zzz_turnout%'"))
                .isEmpty();
    }

    @Test
    void a_days_confirmed_morning_reservations_come_from_the_new_index() throws SQLException {
        List<String> plan = new ArrayList<>(hospital.clinic.query("EXPLAIN SELECT id FROM reservations"
                + " WHERE \"preferredDate\" = '2026-02-01' AND period = 'MORNING' AND status = 'CONFIRMED'"));
        assertThat(String.join("\n", plan)).contains("reservations_preferredDate_period_serviceId_status_idx");
    }
}
