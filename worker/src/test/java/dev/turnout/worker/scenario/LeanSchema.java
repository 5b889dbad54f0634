package dev.turnout.worker.scenario;

import dev.turnout.worker.scenario.Row.Kind;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The new tables as they are found, row by row under the key by which the old side knows each. */
final class LeanSchema {
    private static final Map<String, Map<String, Kind>> TABLES = new LinkedHashMap<>();

    static {
        table("companies", "id", "name slug email phone timezone is_active? created_at@ updated_at@ deleted_at@");
        table(
                "branches",
                "id",
                "company_id# name city phone email is_active? business_hours{} created_at@ updated_at@ deleted_at@");
        table(
                "customers",
                "id",
                "company_id# name email phone birthdate preferences{} notes created_at@ updated_at@ deleted_at@");
        table("staff", "id", "company_id# branch_id name email phone is_active? created_at@ updated_at@ deleted_at@");
        table(
                "calcom_event_types",
                "origin legacy_id",
                "id# company_id# calcom_id# name slug description length# price# currency is_active? is_archive?"
                        + " created_at@ updated_at@");
        table("staff_event_type_assignments", "id", "staff_id event_type_id# is_primary? created_at@");
        table(
                "appointments",
                "id",
                "company_id# customer_id# branch_id staff_id event_type_id# starts_at@ ends_at@ status price# notes source"
                        + " created_at@ updated_at@ deleted_at@");
        table(
                "calls",
                "id",
                "company_id# customer_id# retell_call_id from_number to_number status duration_seconds# extracted_data{}"
                        + " transcript cost# created_at@ updated_at@");
        table("phone_numbers", "id", "company_id# branch_id number type is_active? created_at@ updated_at@");
        table("users", "id", "company_id# name email password role created_at@ updated_at@");
        table(
                "webhook_events",
                "source legacy_id",
                "company_id# event_type payload{} status attempts# error received_at@");
    }

    private LeanSchema() {}

    /** A column is a text, or as its last sign says: # a number, ? yes or no, @ a time, {} JSON. */
    private static void table(String name, String key, String columns) {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (String column : key.split(" ")) {
            kinds.put(column, Kind.TEXT);
        }
        for (String column : columns.split(" ")) {
            kinds.put(
                    column.replaceAll("[^a-z_]", ""),
                    switch (column.charAt(column.length() - 1)) {
                        case '#' -> Kind.NUMBER;
                        case '?' -> Kind.BOOLEAN;
                        case '@' -> Kind.TIME;
                        case '}' -> Kind.JSON;
                        default -> Kind.TEXT;
                    });
        }
        TABLES.put(name, kinds);
    }

    static Iterable<String> tables() {
        return TABLES.keySet();
    }

    static Map<String, Kind> columns(String table) {
        return Objects.requireNonNull(TABLES.get(table), table);
    }

    /** Key to row. */
    static Map<String, String> read(TestDatabase next, String table) throws SQLException {
        Map<String, Kind> kinds = columns(table);
        Map<String, String> rows = new TreeMap<>();
        try (Connection connection = next.connect();
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT " + String.join(", ", kinds.keySet()) + " FROM " + table)) {
            while (found.next()) {
                Row row = new Row();
                for (Map.Entry<String, Kind> column : kinds.entrySet()) {
                    row.with(column.getKey(), column.getValue(), Optional.ofNullable(found.getString(column.getKey())));
                }
                String before = rows.put(key(table, row), row.toString());
                if (before != null) {
                    throw new AssertionError(table + " has two rows of one key: " + before + " and " + row);
                }
            }
        }
        return rows;
    }

    static String key(String table, Row row) {
        return switch (table) {
            case "calcom_event_types" -> row.get("origin") + " " + row.get("legacy_id");
            case "webhook_events" -> row.get("source") + " " + row.get("legacy_id");
            default -> row.get("id");
        };
    }
}
