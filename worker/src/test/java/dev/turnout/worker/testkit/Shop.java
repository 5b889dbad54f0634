package dev.turnout.worker.testkit;

import dev.turnout.migration.Move;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Two old tables that become one, and a third that feeds it: the other-table shape in its smallest form. */
public final class Shop {
    private Shop() {}

    /** Old and new tables, without rows. */
    public static TestDatabase open() throws SQLException {
        TestDatabase database = TestPostgres.newDatabase();
        database.execute("""
                CREATE TABLE companies (id int PRIMARY KEY, name text NOT NULL, deleted boolean NOT NULL DEFAULT false);
                CREATE TABLE branches (id int PRIMARY KEY, name text NOT NULL);
                CREATE TABLE hours (id int PRIMARY KEY, company int NOT NULL, open int NOT NULL, close int NOT NULL);
                CREATE TABLE places (
                  kind text NOT NULL, old_id bigint NOT NULL, title varchar(20) NOT NULL, open int, close int,
                  note text DEFAULT 'of the new side', UNIQUE (kind, old_id));
                """);
        return database;
    }

    /** The same on MySQL. */
    public static TestDatabase openOnMySql() throws SQLException {
        TestDatabase database = TestServer.MYSQL.newDatabase();
        database.execute(
                "CREATE TABLE companies (id int PRIMARY KEY, name text NOT NULL, deleted boolean NOT NULL DEFAULT false)",
                "CREATE TABLE branches (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE hours (id int PRIMARY KEY, company int NOT NULL, open int NOT NULL, close int NOT NULL,"
                        + " KEY company (company))",
                "CREATE TABLE places (kind varchar(20) NOT NULL, old_id bigint NOT NULL, title varchar(20) NOT NULL,"
                        + " open int, close int, note varchar(40) DEFAULT 'of the new side', UNIQUE (kind, old_id))");
        return database;
    }

    public static Transfer companies() {
        return transfer(
                "companies",
                "companies",
                Optional.of("NOT old.deleted"),
                ordered(
                        "kind", "'company'",
                        "old_id", "old.id",
                        "title", "upper(old.name)",
                        "open", "(SELECT min(h.open) FROM hours h WHERE h.company = old.id)",
                        "close", "(SELECT max(h.close) FROM hours h WHERE h.company = old.id)"),
                Map.of("name", new Move.Down("lower(new.title)", Optional.empty())),
                Map.of("hours", "it.company = old.id"));
    }

    public static Transfer branches() {
        return transfer(
                "branches",
                "branches",
                Optional.empty(),
                ordered("kind", "'branch'", "old_id", "old.id", "title", "old.name"),
                Map.of(),
                Map.of());
    }

    /** Into {@code places}, by {@code kind} and {@code old_id}. */
    public static Transfer transfer(
            String name,
            String from,
            Optional<String> where,
            Map<String, String> up,
            Map<String, Move.Down> down,
            Map<String, String> touchedBy) {
        return new Transfer(
                name,
                TableName.of(from),
                List.of("id"),
                where,
                TableName.of("places"),
                List.of("kind", "old_id"),
                up,
                down,
                touchedBy,
                false,
                100);
    }

    public static TestSpec spec() {
        return new TestSpec().transfer(companies(), branches());
    }

    public static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
