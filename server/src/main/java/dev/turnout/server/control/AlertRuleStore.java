package dev.turnout.server.control;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The rules by which alerts are acted on. Thread-safe. */
public final class AlertRuleStore {
    private static final String ROWS = "SELECT name, position, version, definition FROM alert_rule ";

    static final String ALL = ROWS + "ORDER BY position, name COLLATE \"C\"";
    static final String FIND = ROWS + "WHERE name = ?";
    static final String LOCK = ROWS + "WHERE name = ? FOR UPDATE";
    static final String COUNT = "SELECT count(*) AS rules FROM alert_rule";
    static final String INSERT = "INSERT INTO alert_rule (name, position, definition, changed_at, changed_by)"
            + " VALUES (?, ?, CAST(? AS jsonb), ?, ?) ON CONFLICT DO NOTHING";
    static final String UPDATE = "UPDATE alert_rule SET position = ?, version = version + 1,"
            + " definition = CAST(? AS jsonb), changed_at = ?, changed_by = ? WHERE name = ?";
    static final String DELETE = "DELETE FROM alert_rule WHERE name = ?";

    /** Every alert is held against each of them. */
    private static final int MOST = 1000;

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;

    /** @param clock business time */
    public AlertRuleStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /** In the order in which they are asked. */
    public Future<List<AlertRule>> all(Tx tx) {
        return tx.all(ALL, AlertRuleStore::rule);
    }

    /** In the order in which they are asked. */
    public Future<List<AlertRule>> all() {
        return database.transaction(this::all);
    }

    public Future<Optional<AlertRule>> find(String name) {
        return database.transaction(tx -> tx.first(FIND, AlertRuleStore::rule, name));
    }

    /** @return fails with {@link VersionConflict} when there is one already */
    public Future<AlertRule> create(AlertRule rule, Change change) {
        return database.transaction(tx -> tx.first(COUNT, row -> row.getLong("rules"))
                .compose(count -> count.orElseThrow() >= MOST
                        ? Future.failedFuture(
                                new Refused("there are " + MOST + " alert rules already: delete one first"))
                        : insert(tx, rule, change)));
    }

    private Future<AlertRule> insert(Tx tx, AlertRule rule, Change change) {
        return tx.change(
                        INSERT,
                        rule.name(),
                        rule.position(),
                        Json.write(rule.terms()),
                        Columns.bind(clock.instant()),
                        change.actor())
                .compose(inserted -> tx.first(FIND, AlertRuleStore::rule, rule.name())
                        .map(Optional::orElseThrow)
                        .compose(stored -> inserted == 0
                                ? Future.failedFuture(new VersionConflict(subject(rule.name()), 0, stored.version()))
                                : audit.write(
                                                tx,
                                                Deed.of("alert-rule.create", "alert-rule:" + rule.name())
                                                        .to(stored),
                                                change)
                                        .map(stored)));
    }

    /** @return fails with {@link VersionConflict} or {@link Unknown} */
    public Future<AlertRule> replace(AlertRule rule, long expectedVersion, Change change) {
        return database.transaction(
                tx -> locked(tx, rule.name(), Optional.of(expectedVersion)).compose(before -> tx.change(
                                UPDATE,
                                rule.position(),
                                Json.write(rule.terms()),
                                Columns.bind(clock.instant()),
                                change.actor(),
                                rule.name())
                        .compose(updated -> tx.first(FIND, AlertRuleStore::rule, rule.name()))
                        .map(Optional::orElseThrow)
                        .compose(after -> audit.write(
                                        tx,
                                        Deed.of("alert-rule.change", "alert-rule:" + rule.name())
                                                .from(before)
                                                .to(after),
                                        change)
                                .map(after))));
    }

    /** @return the rule as it was; fails with {@link VersionConflict} or {@link Unknown} */
    public Future<AlertRule> delete(String name, Optional<Long> expectedVersion, Change change) {
        return database.transaction(tx -> locked(tx, name, expectedVersion).compose(before -> tx.change(DELETE, name)
                .compose(deleted -> audit.write(
                        tx, Deed.of("alert-rule.delete", "alert-rule:" + name).from(before), change))
                .map(before)));
    }

    private static Future<AlertRule> locked(Tx tx, String name, Optional<Long> expected) {
        return tx.first(LOCK, AlertRuleStore::rule, name)
                .map(found -> found.orElseThrow(() -> new Unknown("alert rule", name)))
                .map(found -> {
                    if (expected.filter(version -> version != found.version()).isPresent()) {
                        throw new VersionConflict(subject(name), expected.get(), found.version());
                    }
                    return found;
                });
    }

    private static String subject(String name) {
        return "alert rule " + name;
    }

    private static AlertRule rule(Row row) {
        return new AlertRule(
                Columns.text(row, "name"),
                row.getInteger("position"),
                Objects.requireNonNull(row.getLong("version"), "version"),
                Columns.json(row, "definition", AlertRule.Terms.class));
    }
}
