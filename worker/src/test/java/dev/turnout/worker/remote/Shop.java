package dev.turnout.worker.remote;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Contract;
import dev.turnout.migration.Move;
import dev.turnout.migration.Place;
import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small shop on its way to another server: {@code customers}, with the label of their region, become {@code clients}, and
 * their {@code orders} become {@code purchases} that refer to them. Deleted customers stay behind, with their orders.
 */
final class Shop implements AutoCloseable {
    /** MySQL has one bookkeeping for all databases of a server. */
    private static final AtomicLong runs = new AtomicLong(1_000);

    final TestDatabase old;
    final TestDatabase fresh;
    final long run = runs.incrementAndGet();
    final SetClock clock = new SetClock();
    private final List<Transfer> transfers;
    private final Product from;
    private final Product to;

    /** Empty, with both schemas. */
    Shop(TestServer from, TestServer to) throws SQLException {
        this.from = product(from);
        this.to = product(to);
        old = from.newDatabase();
        fresh = to.newDatabase();
        old.execute(
                "CREATE TABLE regions (id int PRIMARY KEY, label varchar(40) NOT NULL)",
                "CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(80) NOT NULL, email varchar(80), region_id int,"
                        + " deleted smallint NOT NULL DEFAULT 0)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, total decimal(12,2) NOT NULL)",
                "CREATE INDEX orders_customer ON orders (customer_id)");
        fresh.execute(
                "CREATE TABLE clients (client_id bigint PRIMARY KEY, full_name varchar(80) NOT NULL, email varchar(80),"
                        + " region varchar(40))",
                "CREATE TABLE purchases (id bigint PRIMARY KEY, client_id bigint NOT NULL, total decimal(12,2) NOT NULL,"
                        + " FOREIGN KEY (client_id) REFERENCES clients (client_id))");
        transfers = new ArrayList<>(List.of(clients(), purchases()));
        Bookkeeping.enter(site());
    }

    static Product product(TestServer server) {
        return server == TestServer.MYSQL ? Product.MYSQL : Product.POSTGRESQL;
    }

    private static Transfer clients() {
        return new Transfer(
                "clients",
                TableName.of("customers"),
                List.of("id"),
                Optional.of("old.deleted = 0"),
                TableName.of("clients"),
                List.of("client_id"),
                ordered(
                        "client_id", "old.id",
                        "full_name", "old.name",
                        "email", "old.email",
                        "region", "(SELECT r.label FROM regions r WHERE r.id = old.region_id)"),
                Map.of(
                        "name", new Move.Down("new.full_name", Optional.empty()),
                        "email", new Move.Down("new.email", Optional.empty())),
                Map.of("regions", "it.id = old.region_id"),
                false,
                5);
    }

    private static Transfer purchases() {
        return new Transfer(
                "purchases",
                TableName.of("orders"),
                List.of("id"),
                Optional.of("EXISTS (SELECT 1 FROM customers c WHERE c.id = old.customer_id AND c.deleted = 0)"),
                TableName.of("purchases"),
                List.of("id"),
                ordered("id", "old.id", "client_id", "old.customer_id", "total", "old.total"),
                Map.of(
                        "customer_id", new Move.Down("new.client_id", Optional.empty()),
                        "total", new Move.Down("new.total", Optional.empty())),
                Map.of("customers", "it.id = old.customer_id"),
                false,
                5);
    }

    /** With another expression for a column of the clients. */
    Shop up(String column, String expression) {
        Map<String, String> up = new LinkedHashMap<>(transfers.get(0).up());
        up.put(column, expression);
        return clients(up, transfers.get(0).down());
    }

    /** With another way back for a column of the customers. */
    Shop down(String column, String expression) {
        Map<String, Move.Down> down = new LinkedHashMap<>(transfers.get(0).down());
        down.put(column, new Move.Down(expression, Optional.empty()));
        return clients(transfers.get(0).up(), down);
    }

    /** With another condition by which regions touch customers. */
    Shop touched(String condition) {
        return clients(transfers.get(0).up(), transfers.get(0).down(), Map.of("regions", condition));
    }

    /** The orders have no way back: they stay with the old side. */
    Shop keepingOrders() {
        transfers.set(
                1,
                with(
                        transfers.get(1),
                        transfers.get(1).up(),
                        Map.of(),
                        transfers.get(1).touchedBy()));
        return this;
    }

    private Shop clients(Map<String, String> up, Map<String, Move.Down> down) {
        return clients(up, down, transfers.get(0).touchedBy());
    }

    private Shop clients(Map<String, String> up, Map<String, Move.Down> down, Map<String, String> touchedBy) {
        transfers.set(0, with(transfers.get(0), up, down, touchedBy));
        return this;
    }

    private static Transfer with(
            Transfer was, Map<String, String> up, Map<String, Move.Down> down, Map<String, String> touchedBy) {
        return new Transfer(
                was.name(),
                was.from(),
                was.key(),
                was.where(),
                was.into(),
                was.as(),
                up,
                down,
                touchedBy,
                was.stays(),
                was.maxRejected());
    }

    Product product(Side side) {
        return side == Side.OLD ? from : to;
    }

    Spec spec() {
        return new Spec(
                "shop",
                new Place(old.name(), from, Optional.empty()),
                Optional.of(new Place(fresh.name(), to, Optional.empty())),
                new Spec.FlagBinding("shop", Optional.empty()),
                List.of(),
                List.of(),
                List.of(),
                transfers,
                List.of(),
                Duration.ofHours(24),
                new Plan(List.of(new Step(Weight.ofPercent(BigDecimal.valueOf(100)), Duration.ofDays(1), false)), 1),
                List.of(),
                List.of(),
                new Contract(Duration.ofDays(14), true, true, true, List.of()),
                List.of(),
                Tuning.NONE,
                "hash");
    }

    Site site() {
        return site(1, 0, "a");
    }

    Site site(long epoch, int lane, String worker) {
        return new Site(spec(), run, epoch, lane, worker, old.database(), Optional.of(fresh.database()), clock);
    }

    /** Regions 0 to 9 and customers 1 to n, each third without a region, each with one order. */
    Shop with(int customers) throws SQLException {
        StringBuilder regions = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            regions.append(i == 0 ? "" : ", ")
                    .append("(")
                    .append(i)
                    .append(", 'region ")
                    .append(i)
                    .append("')");
        }
        old.execute("INSERT INTO regions VALUES " + regions);
        StringBuilder rows = new StringBuilder();
        StringBuilder orders = new StringBuilder();
        for (int i = 1; i <= customers; i++) {
            String comma = i == 1 ? "" : ", ";
            rows.append(comma)
                    .append("(" + i + ", 'name " + i + "', " + (i % 2 == 0 ? "NULL" : "'mail " + i + "'") + ", "
                            + (i % 3 == 0 ? "NULL" : String.valueOf(i % 10)) + ", " + (i % 11 == 0 ? 1 : 0) + ")");
            orders.append(comma).append("(" + i * 10L + ", " + i + ", " + i + ".50)");
        }
        if (customers > 0) {
            old.execute("INSERT INTO customers VALUES " + rows, "INSERT INTO orders VALUES " + orders);
        }
        return this;
    }

    Shop listening() throws SQLException {
        finish(new ChangelogTriggers(), site());
        return this;
    }

    Shop planned(int chunkRows) throws SQLException {
        finish(new RemotePlan(chunkRows), site());
        return this;
    }

    Shop carried() throws SQLException {
        finish(backfill(), site());
        return applied();
    }

    static RemoteBackfill backfill() {
        return new RemoteBackfill(() -> Duration.ofMillis(50));
    }

    /** Until the changelog is empty. */
    Shop applied() throws SQLException {
        drain(new Applier(Side.OLD, Duration.ZERO), site());
        return this;
    }

    static void drain(Applier applier, Site site) throws SQLException {
        for (int i = 0; i < 10_000; i++) {
            if (applier.stride(site) instanceof Stride.Wait) {
                return;
            }
        }
        throw new AssertionError("the changelog does not get empty");
    }

    static Stride finish(PhaseWork work, Site site) throws SQLException {
        while (true) {
            Stride stride = work.stride(site);
            if (stride instanceof Stride.Done || stride instanceof Stride.Stop) {
                return stride;
            }
            if (stride instanceof Stride.Wait && work instanceof RemoteBackfill) {
                // It gives way to changes that have waited for long, as they do on a machine that is busy.
                drain(new Applier(Side.OLD, Duration.ZERO), site);
            }
        }
    }

    /** What must stand on the new side. */
    List<String> wanted() throws SQLException {
        List<String> all = new ArrayList<>(old.query("SELECT c.id, c.name, c.email, r.label FROM customers c"
                + " LEFT JOIN regions r ON r.id = c.region_id WHERE c.deleted = 0 ORDER BY c.id"));
        all.addAll(
                old.query("SELECT o.id, o.customer_id, o.total FROM orders o JOIN customers c ON c.id = o.customer_id"
                        + " WHERE c.deleted = 0 ORDER BY o.id"));
        return all;
    }

    List<String> found() throws SQLException {
        List<String> all = new ArrayList<>(
                fresh.query("SELECT client_id, full_name, email, region FROM clients ORDER BY client_id"));
        all.addAll(fresh.query("SELECT id, client_id, total FROM purchases ORDER BY id"));
        return all;
    }

    /** Every difference that the verification of all chunks is sure of: move, key, column, expected, found. */
    List<String> verified() throws SQLException {
        List<Chunk> chunks = old.database().transaction(Limits.BOOKKEEPING, connection -> {
            List<Chunk> all = new ArrayList<>();
            for (Transfer transfer : transfers) {
                all.addAll(Chunks.all(connection, site(), transfer.name()));
            }
            return all;
        });
        List<String> wrong = new ArrayList<>();
        for (Chunk chunk : chunks) {
            RemoteCheck.Finding finding = RemoteCheck.run(site(), chunk);
            for (RemoteCheck.Sample sample : finding.samples()) {
                wrong.add(chunk.table() + " " + sample.key().replaceAll("[^0-9]", "") + " " + sample.column() + " "
                        + sample.expected() + " " + sample.found());
            }
            RemoteCheck.repair(site(), chunk, finding);
        }
        return wrong;
    }

    /** Writes on the new side as nobody but the engine may. */
    void pastTheTriggers(String... writes) throws SQLException {
        for (String write : writes) {
            String move = write.contains("clients") ? "clients" : "purchases";
            try (var connection = fresh.connect();
                    var statement = connection.createStatement()) {
                statement.execute(
                        to == Product.MYSQL
                                ? "SET " + Unseen.MYSQL + " = '" + move + "'"
                                : "SET " + Unseen.POSTGRESQL + " = '" + move + "'");
                statement.execute(write);
            }
        }
    }

    Shop changed() throws SQLException {
        old.execute("UPDATE customers SET name = 'changed' WHERE id = 1");
        return this;
    }

    void nameKey(String move, String key) throws SQLException {
        old.database().transaction(Limits.BOOKKEEPING, connection -> {
            Changelog.put(connection, site(), move, List.of(List.of(key)));
            return key;
        });
    }

    String changes() throws SQLException {
        return old.one("SELECT count(*) FROM turnout.changelog WHERE run = " + run);
    }

    List<String> rejected() throws SQLException {
        return old.query(
                "SELECT table_name, \"key\", message FROM turnout.rejected WHERE resolved_at IS NULL AND run = "
                                .replace("\"key\"", from == Product.MYSQL ? "`key`" : "key")
                        + run);
    }

    static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    @Override
    public void close() throws SQLException {
        old.close();
        fresh.close();
    }
}
