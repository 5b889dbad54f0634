package dev.turnout.worker.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.worker.scenario.Row.Kind;
import dev.turnout.worker.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What must stand in the lean schema, worked out in Java from the rows of the old tables and from nothing of the migration
 * but its map of ids. For one look: every table is read once.
 */
final class Consolidation {
    private static final List<String> DAYS =
            List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final TestDatabase askpro;
    private final Map<String, List<Map<String, @Nullable String>>> read = new HashMap<>();
    private final Map<String, Map<String, Map<String, @Nullable String>>> indexed = new HashMap<>();
    private final Map<String, String> eventTypes = new HashMap<>();
    private final Map<String, Map<String, String>> expected = new TreeMap<>();

    private Consolidation(TestDatabase askpro) {
        this.askpro = askpro;
    }

    /** Table to key to row, as {@link LeanSchema#read} gives them. */
    static Map<String, Map<String, String>> of(TestDatabase askpro) throws SQLException {
        Consolidation made = new Consolidation(askpro);
        made.direct("companies", "companies", Map.of());
        made.branches();
        made.customers();
        made.direct("staff", "staff", Map.of("branch_id", "home_branch_id", "is_active", "active"));
        made.eventTypes();
        made.assignments();
        made.appointments();
        made.calls();
        made.direct("phone_numbers", "phone_numbers", Map.of("is_active", "active"));
        made.users();
        made.webhooks();
        return made.expected;
    }

    private List<Map<String, @Nullable String>> old(String table) throws SQLException {
        List<Map<String, @Nullable String>> known = read.get(table);
        if (known != null) {
            return known;
        }
        List<Map<String, @Nullable String>> rows = new ArrayList<>();
        try (Connection connection = askpro.connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT * FROM " + table)) {
            while (found.next()) {
                Map<String, @Nullable String> row = new HashMap<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.put(found.getMetaData().getColumnName(i), found.getString(i));
                }
                rows.add(row);
            }
        }
        read.put(table, rows);
        return rows;
    }

    private Map<String, Map<String, @Nullable String>> byId(String table) throws SQLException {
        Map<String, Map<String, @Nullable String>> known = indexed.get(table);
        if (known == null) {
            known = old(table).stream().collect(Collectors.toMap(row -> need(row, "id"), Function.identity()));
            indexed.put(table, known);
        }
        return known;
    }

    private static String need(Map<String, @Nullable String> row, String column) {
        return Objects.requireNonNull(row.get(column), column);
    }

    /** The number that the migration gave to a service, or to the archived event type of a company. */
    private String eventType(String origin, String legacyId) throws SQLException {
        if (eventTypes.isEmpty()) {
            old("event_type_ids")
                    .forEach(
                            row -> eventTypes.put(need(row, "origin") + " " + need(row, "legacy_id"), need(row, "id")));
        }
        return Objects.requireNonNull(eventTypes.get(origin + " " + legacyId), origin + " " + legacyId);
    }

    private void put(String table, Map<String, @Nullable String> values) {
        Row row = new Row();
        for (Map.Entry<String, Kind> column : LeanSchema.columns(table).entrySet()) {
            row.with(column.getKey(), column.getValue(), values.get(column.getKey()));
        }
        expected.computeIfAbsent(table, name -> new TreeMap<>()).put(LeanSchema.key(table, row), row.toString());
    }

    /** Columns of the same name but for those that were called something else. */
    private void direct(String table, String from, Map<String, String> renamed) throws SQLException {
        for (Map<String, @Nullable String> old : old(from)) {
            put(table, renamed(old, renamed));
        }
    }

    private static Map<String, @Nullable String> renamed(
            Map<String, @Nullable String> old, Map<String, String> renamed) {
        Map<String, @Nullable String> values = new HashMap<>(old);
        renamed.forEach((now, before) -> values.put(now, old.get(before)));
        return values;
    }

    private void branches() throws SQLException {
        for (Map<String, @Nullable String> old : old("branches")) {
            ObjectNode hours = JsonNodeFactory.instance.objectNode();
            for (int day = 1; day <= 7; day++) {
                Optional<String> opens = extreme(need(old, "id"), day, "opens", Comparator.naturalOrder());
                Optional<String> closes = extreme(need(old, "id"), day, "closes", Comparator.reverseOrder());
                if (opens.isPresent() && closes.isPresent()) {
                    hours.putObject(DAYS.get(day - 1))
                            .put("open", opens.get().substring(0, 5))
                            .put("close", closes.get().substring(0, 5));
                }
            }
            Map<String, @Nullable String> values =
                    renamed(old, Map.of("phone", "phone_number", "email", "notification_email", "is_active", "active"));
            values.put("business_hours", hours.toString());
            put("branches", values);
        }
    }

    private Optional<String> extreme(String branch, int day, String column, Comparator<String> first)
            throws SQLException {
        return old("working_hours").stream()
                .filter(row -> branch.equals(row.get("branch_id"))
                        && need(row, "weekday").equals("" + day))
                .flatMap(row -> Optional.ofNullable(row.get(column)).stream())
                .min(first);
    }

    private void customers() throws SQLException {
        for (Map<String, @Nullable String> old : old("customers")) {
            Map<String, @Nullable String> values = new HashMap<>(old);
            values.put("company_id", first(old, "company_id", "tenant_id"));
            values.put(
                    "preferences",
                    "{\"preferences\": " + jsonOrNull(old.get("preferences")) + ", \"skills\": "
                            + jsonOrNull(old.get("skills")) + "}");
            put("customers", values);
        }
    }

    private static @Nullable String first(Map<String, @Nullable String> row, String... columns) {
        for (String column : columns) {
            String value = row.get(column);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** A text that is no JSON becomes one that holds it. */
    private static String jsonOrNull(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        try {
            return JSON.readTree(text).isMissingNode() ? quoted(text) : text;
        } catch (JsonProcessingException e) {
            return quoted(text);
        }
    }

    private static String quoted(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }

    private void eventTypes() throws SQLException {
        for (Map<String, @Nullable String> old : old("services")) {
            if (old.get("deleted_at") != null) {
                continue;
            }
            Map<String, @Nullable String> values =
                    renamed(old, Map.of("legacy_id", "id", "length", "duration", "is_active", "active"));
            values.put("origin", "service");
            values.put("id", eventType("service", need(old, "id")));
            if (old.get("calcom_event_type_id") == null) {
                values.put("calcom_id", Long.toString(Long.parseLong(need(old, "id")) + 100_000));
            } else {
                values.put("calcom_id", old.get("calcom_event_type_id"));
            }
            values.put("slug", need(old, "name").toLowerCase(Locale.ROOT).replace(' ', '-'));
            values.put("currency", "EUR");
            values.put("is_archive", "0");
            put("calcom_event_types", values);
        }
        for (Map<String, @Nullable String> old : old("companies")) {
            Map<String, @Nullable String> values = new HashMap<>();
            values.put("id", eventType("company", need(old, "id")));
            values.put("origin", "company");
            values.put("legacy_id", old.get("id"));
            values.put("company_id", old.get("id"));
            values.put("name", "Archived");
            values.put("slug", "archived");
            values.put("length", "0");
            values.put("currency", "EUR");
            values.put("is_active", "0");
            values.put("is_archive", "1");
            values.put("created_at", old.get("created_at"));
            values.put("updated_at", old.get("updated_at"));
            put("calcom_event_types", values);
        }
    }

    private boolean livesIn(@Nullable String service, @Nullable String company) throws SQLException {
        Map<String, @Nullable String> row =
                service == null ? null : byId("services").get(service);
        return row != null && row.get("deleted_at") == null && Objects.equals(row.get("company_id"), company);
    }

    private void assignments() throws SQLException {
        List<Map<String, @Nullable String>> kept = new ArrayList<>();
        for (Map<String, @Nullable String> old : old("staff_service_assignments")) {
            Map<String, @Nullable String> staff = byId("staff").get(need(old, "staff_id"));
            if (staff != null && livesIn(old.get("service_id"), staff.get("company_id"))) {
                kept.add(old);
            }
        }
        kept.sort(Comparator.comparing((Map<String, @Nullable String> row) -> need(row, "created_at"))
                .thenComparing(row -> Long.valueOf(need(row, "id"))));
        Map<String, String> oldest = new HashMap<>();
        for (Map<String, @Nullable String> old : kept) {
            oldest.putIfAbsent(need(old, "staff_id"), need(old, "id"));
            Map<String, @Nullable String> values = new HashMap<>(old);
            values.put("event_type_id", eventType("service", need(old, "service_id")));
            values.put("is_primary", need(old, "id").equals(oldest.get(need(old, "staff_id"))) ? "1" : "0");
            put("staff_event_type_assignments", values);
        }
    }

    private void appointments() throws SQLException {
        for (Map<String, @Nullable String> old : old("appointments")) {
            String company = need(old, "company_id");
            Map<String, @Nullable String> values = new HashMap<>(old);
            String service = old.get("service_id");
            values.put(
                    "event_type_id",
                    service != null && livesIn(service, company)
                            ? eventType("service", service)
                            : eventType("company", company));
            put("appointments", values);
        }
    }

    private void calls() throws SQLException {
        for (Map<String, @Nullable String> old : old("calls")) {
            Map<String, @Nullable String> values = new HashMap<>(old);
            values.put("retell_call_id", first(old, "retell_call_id", "call_id"));
            String minutes = old.get("duration_minutes");
            if (first(old, "duration_seconds", "duration_sec") != null || minutes == null) {
                values.put("duration_seconds", first(old, "duration_seconds", "duration_sec"));
            } else {
                values.put(
                        "duration_seconds",
                        new BigDecimal(minutes)
                                .multiply(BigDecimal.valueOf(60))
                                .toBigIntegerExact()
                                .toString());
            }
            StringBuilder data =
                    new StringBuilder("{\"tags\": ").append(Objects.requireNonNullElse(old.get("tags"), "null"));
            for (String column :
                    List.of("customer_name", "requested_date", "requested_time", "service_type", "sentiment")) {
                String value = old.get(column);
                data.append(", \"").append(column).append("\": ").append(value == null ? "null" : quoted(value));
            }
            values.put("extracted_data", data.append('}').toString());
            put("calls", values);
        }
    }

    private void users() throws SQLException {
        for (Map<String, @Nullable String> old : old("users")) {
            Map<String, @Nullable String> values = new HashMap<>(old);
            boolean root = "1".equals(old.get("is_super_admin")) || "true".equals(old.get("is_super_admin"));
            values.put("role", root ? "super_admin" : "admin".equals(old.get("role")) ? "admin" : "staff");
            put("users", values);
        }
    }

    private void webhooks() throws SQLException {
        for (Map<String, @Nullable String> old : old("retell_webhooks")) {
            Map<String, @Nullable String> values = renamed(old, Map.of("legacy_id", "id", "received_at", "created_at"));
            values.put("source", "retell");
            values.put(
                    "status",
                    switch (Objects.requireNonNullElse(old.get("status"), "")) {
                        case "processed" -> "completed";
                        case "failed" -> "failed";
                        default -> "pending";
                    });
            put("webhook_events", values);
        }
        for (Map<String, @Nullable String> old : old("webhook_logs")) {
            if (!"calcom".equals(old.get("type"))) {
                continue;
            }
            Map<String, @Nullable String> values =
                    renamed(old, Map.of("legacy_id", "id", "received_at", "created_at", "event_type", "event"));
            values.put("source", "calcom");
            values.put("payload", jsonOrNull(old.get("payload")));
            values.put("attempts", "0");
            values.remove("error");
            put("webhook_events", values);
        }
    }
}
