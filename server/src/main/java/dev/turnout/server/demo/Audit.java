package dev.turnout.server.demo;

import dev.turnout.server.demo.Ledger.Allowed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Compares every reservation in the database with what was promised, in one snapshot, while writers may go on. What nobody
 * wrote to must be as it was loaded.
 */
final class Audit {
    private static final String OLD_COLUMNS = """
            r.service::text AS old_service, r."preferredTime" AS old_time,
            """;
    private static final String NEW_COLUMNS = """
            s.code AS new_service, r."serviceName" AS new_name, r."estimatedDuration" AS new_minutes,
            r.period::text AS new_period,
            """;
    private static final int EXAMPLES = 5;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** Which representations there are. */
    enum Sides {
        OLD,
        BOTH,
        NEW
    }

    /**
     * @param acknowledged writes in the ledger
     * @param rows reservations compared, present or not
     * @param lost promised and not there
     * @param resurrected there although withdrawn or never promised, or not cancelled although cancelled
     * @param differing any other difference
     */
    record Findings(
            Sides sides,
            long acknowledged,
            long rows,
            long lost,
            long resurrected,
            long differing,
            List<String> examples) {
        boolean clean() {
            return lost == 0 && resurrected == 0 && differing == 0;
        }

        @Override
        public String toString() {
            return "lost " + lost + ", resurrected " + resurrected + ", differing " + differing;
        }
    }

    private enum Finding {
        LOST,
        RESURRECTED,
        DIFFERING
    }

    private final DataSource database;
    private final Ledger ledger;
    private final Sides sides;
    private final Map<Finding, Long> counts = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long rows;

    private Audit(DataSource database, Ledger ledger, Sides sides) {
        this.database = database;
        this.ledger = ledger;
        this.sides = sides;
    }

    /** Takes about a second for 200 000 rows. */
    static Findings of(DataSource database, Ledger ledger, Sides sides) throws SQLException {
        return new Audit(database, ledger, sides).run();
    }

    private Findings run() throws SQLException {
        long acknowledged = ledger.acknowledged();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                compare(connection);
            } finally {
                connection.rollback();
            }
        }
        return new Findings(
                sides,
                acknowledged,
                rows,
                counts.getOrDefault(Finding.LOST, 0L),
                counts.getOrDefault(Finding.RESURRECTED, 0L),
                counts.getOrDefault(Finding.DIFFERING, 0L),
                examples);
    }

    private void compare(Connection connection) throws SQLException {
        Ledger.Reading reading = ledger.read();
        try (reading;
                Statement first = connection.createStatement()) {
            first.execute("SELECT pg_current_snapshot()"); // from here on nothing changes for us
        }
        Map<Long, Allowed> allowed = reading.allowed();
        try (PreparedStatement query = connection.prepareStatement(sql())) {
            query.setQueryTimeout((int) TIMEOUT.toSeconds());
            query.setFetchSize(5_000);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    long id = row.getLong("id");
                    Optional<Booking> loaded =
                            row.getBoolean("loaded") ? Optional.of(Hospital.booking(row)) : Optional.empty();
                    judge(id, outcomes(allowed.remove(id), loaded), Written.read(row, sides));
                }
            }
        }
        // What is left was written to by somebody and is nowhere.
        for (Map.Entry<Long, Allowed> missing : Map.copyOf(allowed).entrySet()) {
            judge(missing.getKey(), outcomes(missing.getValue(), Optional.empty()), Optional.empty());
        }
    }

    /** All that may be true; an empty one: not there. */
    private static List<Optional<Booking>> outcomes(@Nullable Allowed allowed, Optional<Booking> loaded) {
        if (allowed == null) {
            return List.of(loaded);
        }
        return allowed.acknowledged()
                ? allowed.outcomes()
                : Stream.concat(Stream.of(loaded), allowed.outcomes().stream()).toList();
    }

    private void judge(long id, List<Optional<Booking>> outcomes, Optional<Written> written) {
        rows++;
        boolean fits = outcomes.stream()
                .anyMatch(outcome -> outcome.isEmpty()
                        ? written.isEmpty()
                        : written.filter(is -> is.keeps(outcome.get())).isPresent());
        if (fits) {
            return;
        }
        Finding finding = finding(outcomes.stream().flatMap(Optional::stream).toList(), written);
        counts.merge(finding, 1L, Long::sum);
        if (examples.size() < EXAMPLES) {
            examples.add(finding + " " + id + ": promised " + outcomes + ", found " + written);
        }
    }

    private static Finding finding(List<Booking> promised, Optional<Written> written) {
        if (written.isEmpty()) {
            return Finding.LOST;
        }
        boolean withdrawn = promised.isEmpty();
        boolean revived =
                promised.stream().allMatch(Booking::cancelled) && !written.get().cancelled();
        return withdrawn || revived ? Finding.RESURRECTED : Finding.DIFFERING;
    }

    private String sql() {
        return """
                SELECT coalesce(r.id, l.id) AS id, l.id IS NOT NULL AS loaded, l.patient, l.date, l.service, l.time, l.state,
                  r.id IS NOT NULL AS present, r."patientId" AS is_patient, r."preferredDate" AS is_date,
                  %s
                  r.status::text AS is_state
                FROM reservations r FULL JOIN demo.loaded l ON l.id = r.id %s""".formatted(
                        switch (sides) {
                            case OLD -> OLD_COLUMNS;
                            case BOTH -> OLD_COLUMNS + NEW_COLUMNS;
                            case NEW -> NEW_COLUMNS;
                        },
                        sides == Sides.OLD ? "" : "LEFT JOIN services s ON s.id = r.\"serviceId\"");
    }
}
