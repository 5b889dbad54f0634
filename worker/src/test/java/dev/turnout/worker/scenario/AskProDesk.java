package dev.turnout.worker.scenario;

import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.Writers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * The booking application: each company's people work with one side at a time, whichever the flag gives their company. A
 * writer has companies of its own, so no row is written by two at once.
 */
final class AskProDesk implements AutoCloseable {
    private static final int WRITERS = 4;
    private static final int SLOTS = 200;
    /** Above the sample's ids. */
    private static final long FIRST = 20_000_000;

    private static final List<String> STATUSES = List.of("scheduled", "confirmed", "completed", "cancelled");

    private final TestDatabase next;
    private final int companies;
    private final Promises appointments = new Promises();
    private final Writers writers;
    private volatile IntPredicate newSide = company -> false;
    private volatile boolean oldIsThere = true;
    private boolean following;

    /** @param rows of the sample */
    AskProDesk(TestDatabase askpro, TestDatabase next, int rows, Duration between) {
        this.next = next;
        this.companies = Math.max(10, rows / 400);
        this.writers = new Writers(WRITERS, between, askpro::connect, this::turn);
    }

    /** Writes all go to one side: whoever is refused there tries the other. To be said before the first turn matters. */
    AskProDesk following() throws Exception {
        writers.atRest(() -> following = true);
        return this;
    }

    /** Everybody goes back to the old side, and stays there; returns when nobody uses the new one any more. */
    void returning() throws Exception {
        writers.atRest(() -> {
            following = false;
            newSide = company -> false;
            return following;
        });
    }

    /** Whether the last one who was refused has gone to the new side. */
    boolean onNewSide() {
        return newSide.test(1);
    }

    /** Moves companies; returns when none of those that left a side uses it any more. */
    void sides(IntPredicate companyUsesNew) throws Exception {
        writers.atRest(() -> newSide = companyUsesNew);
    }

    /** From here on nobody asks the old side for anything. */
    void leaveOld() throws Exception {
        writers.atRest(() -> oldIsThere = false);
    }

    Writers writers() {
        return writers;
    }

    Promises appointments() {
        return appointments;
    }

    /** A company's place in the ramp, from 0 to 99 999: evenly spread, the same for ever. */
    static int bucket(int company) {
        return (int) (company * 61_803L % 100_000);
    }

    private void turn(Connection old, int writer, Random random) throws SQLException {
        int company = 1 + writer + WRITERS * random.nextInt((companies - writer + WRITERS - 1) / WRITERS);
        boolean fresh = newSide.test(company);
        try {
            if (fresh) {
                try (Connection lean = next.connect()) {
                    new Turn(lean, company, writer, random).onNewSide();
                }
            } else {
                new Turn(old, company, writer, random).onOldSide();
            }
        } catch (SQLException e) {
            if (following && String.valueOf(e.getMessage()).contains("are closed")) {
                newSide = every -> !fresh;
            }
            throw e;
        }
        if (following && fresh && oldIsThere && random.nextInt(4) == 0) {
            new Turn(old, company, writer, random).whatStaysOld();
        }
        if (oldIsThere && random.nextInt(4) == 0) {
            new Turn(old, company, writer, random).webhook();
        }
    }

    /** What one of a company's people does. */
    private final class Turn {
        private final Connection connection;
        private final int company;
        private final int writer;
        private final Random random;

        Turn(Connection connection, int company, int writer, Random random) {
            this.connection = connection;
            this.company = company;
            this.writer = writer;
            this.random = random;
        }

        void onOldSide() throws SQLException {
            switch (random.nextInt(12)) {
                case 0 -> deleteOrRestoreService();
                case 1 -> hours();
                case 2 -> assign();
                case 3 ->
                    customer("preferences = '{\"seen\": " + random.nextInt(9) + "}', skills = 'typed "
                            + random.nextInt(9) + "'");
                case 4 -> call("duration_sec = " + random.nextInt(500) + ", sentiment = 'neutral'");
                case 5 -> people("home_branch_id = " + branch());
                case 6 -> role("role = '" + List.of("admin", "manager", "Admin").get(random.nextInt(3)) + "'");
                default -> appointment("service_id", Long.toString(8L * (company - 1) + 1 + random.nextInt(8)));
            }
        }

        /** Of moves that have no way back, and what feeds the others. */
        void whatStaysOld() throws SQLException {
            switch (random.nextInt(3)) {
                case 0 -> deleteOrRestoreService();
                case 1 -> hours();
                default -> assign();
            }
        }

        void onNewSide() throws SQLException {
            switch (random.nextInt(10)) {
                case 0 -> customer("name = 'Kunde " + random.nextInt(99) + "', notes = NULL");
                case 1 -> call("duration_seconds = " + random.nextInt(500));
                case 2 -> people("phone = '+49 " + random.nextInt(9999) + "'");
                case 3 -> role("role = '" + List.of("admin", "staff").get(random.nextInt(2)) + "'");
                case 4 ->
                    TestDatabase.update(
                            connection,
                            "UPDATE companies SET timezone = ? WHERE id = ?",
                            random.nextBoolean() ? "Europe/Rome" : "UTC",
                            (long) company);
                case 5 ->
                    TestDatabase.update(
                            connection,
                            "UPDATE branches SET city = ? WHERE company_id = ?",
                            "Stadt " + random.nextInt(9),
                            (long) company);
                // Of the sample: some of them are of a service that is deleted, which only the old side knows.
                case 6 ->
                    TestDatabase.update(
                            connection,
                            "UPDATE appointments SET notes = ? WHERE company_id = ? AND id < 400",
                            "seen " + random.nextInt(99),
                            (long) company);
                default -> {
                    Optional<Long> eventType = eventType();
                    if (eventType.isPresent()) {
                        appointment("event_type_id", eventType.get().toString());
                    }
                }
            }
        }

        /** Makes, changes or deletes one of the appointments whose fate is known. */
        private void appointment(String serviceColumn, String service) throws SQLException {
            long id = FIRST + writer + WRITERS * (company + (long) companies * random.nextInt(SLOTS));
            String row = Long.toString(id);
            if (!appointments.settled(row)) {
                return;
            }
            String status = STATUSES.get(random.nextInt(STATUSES.size()));
            String notes = "n" + random.nextInt(1_000_000);
            Optional<String> value = Optional.of(company + " " + status + " " + notes);
            if (appointments.value(row).isEmpty()) {
                appointments.write(
                        row,
                        value,
                        () -> TestDatabase.update(
                                connection,
                                "INSERT INTO appointments (id, company_id, starts_at, status, notes, " + serviceColumn
                                        + ") VALUES (?, ?, '2026-04-01 10:00:00', ?, ?, " + service + ")",
                                id,
                                (long) company,
                                status,
                                notes));
            } else if (random.nextInt(4) == 0) {
                appointments.write(
                        row,
                        Optional.empty(),
                        () -> TestDatabase.update(connection, "DELETE FROM appointments WHERE id = ?", id));
            } else {
                appointments.write(
                        row,
                        value,
                        () -> TestDatabase.update(
                                connection,
                                "UPDATE appointments SET status = ?, notes = ?, " + serviceColumn + " = " + service
                                        + " WHERE id = ?",
                                status,
                                notes,
                                id));
            }
        }

        private void deleteOrRestoreService() throws SQLException {
            long service = 8L * (company - 1) + 1 + random.nextInt(8);
            TestDatabase.update(
                    connection,
                    "UPDATE services SET deleted_at = CASE WHEN deleted_at IS NULL THEN '2026-02-01 00:00:00' END,"
                            + " name = ? WHERE id = ?",
                    random.nextBoolean() ? "Haarschnitt Herren" : "Bart",
                    service);
        }

        private void hours() throws SQLException {
            String branch = "(SELECT MIN(id) FROM branches WHERE company_id = " + company + ")";
            if (random.nextBoolean()) {
                TestDatabase.update(
                        connection,
                        "INSERT INTO working_hours (branch_id, weekday, opens, closes) SELECT " + branch + ", ?, ?, ?",
                        1 + random.nextInt(7),
                        "0" + random.nextInt(9) + ":15:00",
                        "2" + random.nextInt(3) + ":00:00");
            } else {
                TestDatabase.update(
                        connection,
                        "DELETE FROM working_hours WHERE branch_id = " + branch + " AND weekday = ?",
                        1 + random.nextInt(7));
            }
        }

        private void assign() throws SQLException {
            String staff = "(SELECT MIN(id) FROM staff WHERE company_id = " + company + ")";
            long service = 8L * (company - 1) + 1 + random.nextInt(8);
            if (TestDatabase.update(
                            connection,
                            "DELETE FROM staff_service_assignments WHERE service_id = ? AND staff_id = " + staff,
                            service)
                    == 0) {
                TestDatabase.update(
                        connection,
                        "INSERT INTO staff_service_assignments (staff_id, service_id, created_at) SELECT " + staff
                                + ", ?, ?",
                        service,
                        "2024-03-0" + (1 + random.nextInt(9)) + " 00:00:00");
            }
        }

        /** The sample's customer of that number in the company's order. */
        private void customer(String change) throws SQLException {
            TestDatabase.update(
                    connection,
                    "UPDATE customers SET " + change + " WHERE id = ?",
                    (long) company + (long) companies * random.nextInt(5));
        }

        private void call(String change) throws SQLException {
            TestDatabase.update(
                    connection, "UPDATE calls SET " + change + " WHERE company_id = ? AND id < 500", (long) company);
        }

        private void people(String change) throws SQLException {
            TestDatabase.update(
                    connection,
                    "UPDATE staff SET " + change + " WHERE company_id = ? AND name LIKE '%" + random.nextInt(10) + "'",
                    (long) company);
        }

        private void role(String change) throws SQLException {
            TestDatabase.update(
                    connection,
                    "UPDATE users SET " + change + " WHERE company_id = ? AND name LIKE '%" + random.nextInt(10) + "'",
                    (long) company);
        }

        private String branch() {
            return random.nextBoolean() ? "NULL" : "(SELECT MIN(id) FROM branches WHERE company_id = " + company + ")";
        }

        /** Empty: the company has archived all of them. */
        private Optional<Long> eventType() throws SQLException {
            List<Long> living = new ArrayList<>();
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT id FROM calcom_event_types WHERE company_id = "
                                    + company + " AND NOT is_archive ORDER BY id");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    living.add(row.getLong(1));
                }
            }
            return living.isEmpty() ? Optional.empty() : Optional.of(living.get(random.nextInt(living.size())));
        }

        void webhook() throws SQLException {
            TestDatabase.update(
                    connection,
                    "INSERT INTO retell_webhooks (company_id, event_type, payload, status) VALUES (?, 'call_ended', '{}', 'processed')",
                    (long) company);
            TestDatabase.update(
                    connection,
                    "UPDATE webhook_logs SET status = ? WHERE id = ?",
                    random.nextBoolean() ? "success" : "error",
                    1L + writer + (long) WRITERS * random.nextInt(200));
        }
    }

    /** The appointments that were made here, as a side shows them. */
    static Map<String, String> appointmentsOf(TestDatabase side) throws SQLException {
        Map<String, String> rows = new HashMap<>();
        for (String line : side.query("SELECT id, company_id, status, notes FROM appointments WHERE id >= ?", FIRST)) {
            String[] values = line.split("\\|", -1);
            rows.put(values[0], values[1] + " " + values[2] + " " + values[3]);
        }
        return rows;
    }

    /** The services of all appointments of the sample, which nobody here changes. */
    static List<String> servicesOf(TestDatabase askpro) throws SQLException {
        return askpro.query("SELECT id, service_id FROM appointments WHERE id < ? ORDER BY id", FIRST);
    }

    /** Stops every writer. */
    Promises stopped() throws Exception {
        writers.stop();
        return appointments;
    }

    @Override
    public void close() {
        writers.close();
    }
}
