package dev.turnout.migration;

import dev.turnout.flags.rollout.Plan;
import dev.turnout.migration.Spec.FlagBinding;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a spec as a whole: it is accepted, or every problem is named at once. Needs no database; what only the database
 * knows (columns that are not there, an expression that does not parse) is refused later, before the first change.
 * Pure and thread-safe.
 *
 * <p>Left out, a part means: {@code dialect} postgresql; {@code target} the place of {@code database}; {@code on} old;
 * {@code rollout} 5 % 24 h, 25 % 48 h, 50 % 48 h, 100 % 7 d with {@code min units} 20, no {@code holdback}, at any time;
 * {@code rejected} at most 100; {@code max age} of a verification 24 h; a monitor {@code every} 1 h, {@code young} 1 m,
 * {@code timeout} 10 s, {@code window} as long as {@code every}, {@code initial delay} 0, {@code min sample} 0, {@code count} 1,
 * {@code failure limit} 0, {@code inconclusive limit} 0, {@code error limit} 4; a scheduled statement
 * {@code timeout} 10 s, {@code batches} 100; a query that must use an index {@code within} 100 ms; a contract {@code when}
 * stable for 14 d, approved, with a backup and without an open incident; in {@code backfill} a {@code batch} 50 ms, 2
 * {@code lanes}, a replica's {@code lag} 5 s, no {@code query} and no {@code window}. Without {@code move} the spec only adds.
 *
 * <p>An expand step is one of
 * <ul>
 *   <li>{@code columns}: nullable columns of a table; derived: verify, undo, what is there already;
 *   <li>{@code make}: a file of CREATE TABLE, CREATE INDEX CONCURRENTLY, CREATE TYPE … AS ENUM,
 *       ALTER TYPE … ADD VALUE, ALTER TABLE … ADD COLUMN, ADD CONSTRAINT (a foreign key NOT VALID), VALIDATE CONSTRAINT; names
 *       without a schema. Each statement is a step of its own; derived: all that {@code columns} derives;
 *   <li>{@code run}: any SQL, with its {@code undo} and {@code verify}; adopted as a whole or not at all.
 * </ul>
 * An entry of {@code verify} is a query that must give no row, {@code {try: file.sql}} whose transaction is rolled back, or
 * {@code {explain: query, uses: index, sample: file.sql, within: 100ms}} on temporary copies of the tables that the file,
 * or each of a list of files, fills. An entry of {@code schedule} is {@code {every: 15m, sql: statement}}: a query, whose rows
 * are kept, or a change of rows, repeated in {@code batches} until it changes none; {@code :now} is the business time.
 *
 * <p>{@code backfill} may hold {@code batch}, {@code lanes}, {@code lag}, {@code query} (one row: must the backfill wait, and
 * why; anything but false is a reason to wait) and {@code window} ({@code 22:00-06:00 Europe/Berlin}), all of which
 * {@code turnout tune} changes while it runs. An entry of {@code checks} is a query of one value with what it must be
 * {@code before} the first change, {@code after} the verification, or both; a value that is something else stops the run.
 *
 * <p>What a draft leaves to people stands as {@code !decide "the question"} in the place of a value, or as a line of
 * {@code undecided}: each is a problem until somebody has decided it.
 */
public final class SpecReader {
    private static final String NAME = "[a-z][a-z0-9-]{0,62}";
    private static final String NAME_IN_WORDS = "lower-case letters, digits and dashes, beginning with a letter";

    private final Bundle bundle;
    private final Problems problems;

    private SpecReader(Bundle bundle) {
        this.bundle = bundle;
        this.problems = new Problems(bundle.main());
    }

    public static Reading read(Bundle bundle) {
        return new SpecReader(bundle).read();
    }

    private Reading read() {
        Optional<Spec> spec = root().map(this::spec);
        return spec.isPresent() && problems.none()
                ? new Reading.Accepted(spec.get())
                : new Reading.Refused(problems.sorted());
    }

    private Optional<Part> root() {
        try {
            Optional<Node> node = compose(bundle.files().getOrDefault(bundle.main(), ""));
            if (node.isEmpty()) {
                problems.add(0, "the file is empty", "begin with migration: a-name");
            }
            return node.map(found -> new Part(found, "the spec", problems));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            problems.add(line, "this is not YAML: " + e.getProblem(), "correct the line or the one before it");
        } catch (YamlEngineException e) {
            problems.add(0, "this is not YAML: " + e.getMessage(), "correct the file");
        }
        return Optional.empty();
    }

    /** @throws YamlEngineException when it is no YAML, or more than one document */
    static Optional<Node> compose(String yaml) {
        return new Compose(LoadSettings.builder().build()).composeString(yaml);
    }

    private Spec spec(Part root) {
        Fields fields = root.fields(
                "migration",
                "database",
                "target",
                "flag",
                "expand",
                "analyze",
                "move",
                "verify",
                "rollout",
                "monitor",
                "schedule",
                "contract",
                "backfill",
                "checks",
                "undecided");
        fields.list("undecided").forEach(SpecReader::undecided);
        Place database = fields.need("database", "the name of a connection")
                .map(part -> place(part, new Place("")))
                .orElse(new Place(""));
        Optional<Place> target = fields.at("target").map(part -> place(part, database));
        SqlReader sql = new SqlReader(bundle, problems);
        StepReader steps =
                new StepReader(sql, database.product(), target.orElse(database).product());
        MoveReader mover = new MoveReader(sql);
        RolloutReader ramp = new RolloutReader(sql);
        List<Move> moves = fields.at("move", mover::moves, List.of());
        List<Transfer> transfers = fields.at("move", new TransferReader(sql)::transfers, List.of());
        fields.at("move").ifPresent(part -> checkOrder(part, moves, transfers));
        if (!fields.has("move") && !fields.has("expand")) {
            root.wrong("the spec neither expands nor moves anything", "add 'expand', 'move' or both");
        }
        List<ExpandStep> expand = fields.at("expand", steps::expand, List.of());
        if (database.product() != Product.POSTGRESQL && expand.stream().anyMatch(ExpandStep.Make.class::isInstance)) {
            fields.at("expand")
                    .ifPresent(part -> part.wrong(
                            "'make' asks the catalogue of PostgreSQL", "use 'run', with its undo and verify"));
        }
        List<Assertion> assertions = fields.at("verify", ramp::assertions, List.of());
        if (database.product() != Product.POSTGRESQL
                && !assertions.stream().allMatch(Assertion.NoRow.class::isInstance)) {
            fields.at("verify")
                    .ifPresent(part -> part.wrong(
                            "'try' and 'explain' are for PostgreSQL", "assert by queries that must give no row"));
        }
        Plan plan = RolloutReader.plan(fields.at("rollout"));
        return new Spec(
                fields.need("migration", "a-name")
                        .map(part -> part.text(NAME, NAME_IN_WORDS))
                        .orElse(""),
                database,
                target,
                fields.need("flag", "{ key: a-flag }")
                        .map(SpecReader::flag)
                        .orElse(new FlagBinding("", Optional.empty())),
                expand,
                fields.at("analyze", part -> mover.analyses(part, moves), List.of()),
                moves,
                transfers,
                assertions,
                ramp.maxAge(fields.at("verify")),
                plan,
                fields.at("monitor", new MonitorReader(sql, database, target.orElse(database))::monitors, List.of()),
                fields.at("schedule", ramp::chores, List.of()),
                steps.contract(fields.at("contract")),
                fields.at("checks", new OperationReader(sql)::checks, List.of()),
                fields.at("backfill", OperationReader::tuning, Tuning.NONE),
                bundle.hash());
    }

    private static void undecided(Part part) {
        String question = part.text();
        if (!question.isEmpty()) {
            part.wrong("it is not decided: " + question, "decide it, and take the line away");
        }
    }

    /** The name of a connection alone, or with what differs from the usual: {@code { name: shop, dialect: mysql }}. */
    private static Place place(Part part, Place usual) {
        if (!part.isMapping()) {
            return new Place(connection(part), usual.product(), Optional.empty());
        }
        Fields fields = part.fields("name", "dialect", "schema");
        if (usual.database().isEmpty()) {
            fields.need("name", "the name of a connection");
        }
        String name = fields.at("name", SpecReader::connection, usual.database());
        return new Place(
                name,
                fields.at("dialect", SpecReader::product, usual.product()),
                fields.at("schema").map(Names::one));
    }

    private static String connection(Part part) {
        return part.text("[A-Za-z][A-Za-z0-9_-]{0,62}", "the name of a connection");
    }

    private static Product product(Part part) {
        String text = part.text();
        if (!text.equals("postgresql") && !text.equals("mysql") && !text.isEmpty()) {
            part.wrong(
                    "dialect must be postgresql or mysql, not '" + text + "'", "write mysql for MySQL and for MariaDB");
        }
        return text.equals("mysql") ? Product.MYSQL : Product.POSTGRESQL;
    }

    private static void checkOrder(Part part, List<Move> moves, List<Transfer> transfers) {
        Set<String> circle = new Precedence(moves, transfers).circle();
        if (!circle.isEmpty()) {
            part.wrong(
                    "these moves read each other's new rows in a circle: " + String.join(", ", circle),
                    "let one of them read old columns only");
        }
    }

    /** Its key alone, or with the attribute that decides. */
    private static FlagBinding flag(Part part) {
        if (!part.isMapping()) {
            return new FlagBinding(flagKey(part), Optional.empty());
        }
        Fields fields = part.fields("key", "bucketBy");
        return new FlagBinding(
                fields.need("key", "a-flag").map(SpecReader::flagKey).orElse(""),
                fields.at("bucketBy").map(Part::text));
    }

    private static String flagKey(Part part) {
        return part.text("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "letters, digits, dots and dashes");
    }
}
