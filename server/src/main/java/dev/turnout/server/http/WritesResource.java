package dev.turnout.server.http;

import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.StoredWrite;
import dev.turnout.server.control.WriteStore;
import dev.turnout.worker.write.Outcome;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write;
import dev.turnout.worker.write.WriteCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code /api/v1/migrations/NAME/writes}: takes writes of applications for the workers, and says what came of them. With
 * {@code Prefer: wait=N} the answer waits up to N seconds for the outcome. Event loop only.
 */
final class WritesResource implements Resource {
    /** RFC 7240. What cannot be read as one is no preference. */
    private static final Pattern WAIT = Pattern.compile("(?i)(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?(?:$|[,;\\s])");

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration FIRST_LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST_LOOK = Duration.ofMillis(250);
    private static final int MOST_SPECS = 100;
    /** Integrity constraints that another row is in the way of: unique, foreign key, exclusion. */
    private static final Set<String> CONFLICTS = Set.of("23505", "23503", "23P01");

    private final Vertx vertx;
    private final RunStore runs;
    private final WriteStore writes;
    private final Map<Long, Spec> specs = new HashMap<>();

    WritesResource(Vertx vertx, RunStore runs, WriteStore writes) {
        this.vertx = vertx;
        this.runs = runs;
        this.writes = writes;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.LEAVE_WRITE, this::leave, Endpoint.READ_WRITE, this::read);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.LEAVE_WRITE, call -> WriteDocument.read(call.fields()));
    }

    private Future<Answer> leave(Call call) {
        String migration = call.path("name");
        String key = key(call);
        Write write = WriteDocument.read(call.fields());
        Duration wait = wait(call);
        // First: a repeated write gets its outcome whatever has become of the migration since.
        return writes.find(migration, key, write)
                .compose(before ->
                        before.isPresent() ? Future.succeededFuture(before.get()) : accept(migration, key, write, call))
                .compose(stored -> outcome(migration, stored, System.nanoTime() + wait.toNanos(), FIRST_LOOK))
                .map(stored -> answer(migration, stored));
    }

    private static String key(Call call) {
        return Once.key(call)
                .orElseThrow(() -> Refusal.malformed("send the header " + Once.KEY_HEADER
                        + ": it makes a repeated write harmless; take a new one, such as a UUID, for each write"));
    }

    private static Duration wait(Call call) {
        Matcher wait = WAIT.matcher(call.header("Prefer").orElse(""));
        return wait.find()
                ? Duration.ofSeconds(Math.min(LONGEST_WAIT.toSeconds(), Long.parseLong(wait.group(1))))
                : Duration.ZERO;
    }

    private Future<StoredWrite> accept(String migration, String key, Write write, Call call) {
        return runs.find(migration).compose(found -> {
            Run run = found.orElseThrow(() -> Refusal.notFound("migration '" + migration + "'"));
            return spec(run.id()).compose(spec -> {
                List<String> problems = WriteCheck.problems(spec, write);
                if (!problems.isEmpty()) {
                    throw Refusal.invalid(problems);
                }
                return writes.accept(run, key, write, call.caller());
            });
        });
    }

    /** A run's spec never changes. */
    private Future<Spec> spec(long run) {
        Spec known = specs.get(run);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        return writes.bundle(run)
                .compose(bundle -> vertx.executeBlocking(() -> SpecReader.read(bundle), false))
                .map(reading -> {
                    if (reading instanceof Reading.Refused) {
                        throw Refusal.conflict("this version of the server cannot read the migration's spec: ask the"
                                + " server that started it");
                    }
                    if (specs.size() >= MOST_SPECS) {
                        specs.clear();
                    }
                    specs.put(run, reading.orThrow());
                    return reading.orThrow();
                });
    }

    /** Looks again, ever less often, until there is an outcome or the time is over. */
    private Future<StoredWrite> outcome(String migration, StoredWrite stored, long untilNanos, Duration pause) {
        if (stored.outcome().isPresent() || System.nanoTime() + pause.toNanos() - untilNanos > 0) {
            return Future.succeededFuture(stored);
        }
        Duration next = pause.multipliedBy(2).compareTo(LONGEST_LOOK) < 0 ? pause.multipliedBy(2) : LONGEST_LOOK;
        return vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS)
                .compose(passed -> writes.find(migration, stored.key()))
                .compose(found -> outcome(migration, found.orElse(stored), untilNanos, next));
    }

    private static Answer answer(String migration, StoredWrite stored) {
        Map<String, Object> document = WriteDocument.write(stored);
        Optional<Outcome> outcome = stored.outcome();
        if (outcome.isEmpty()) {
            return Answer.accepted(document, WriteDocument.location(migration, stored));
        }
        if (outcome.get().verdict() == Verdict.REFUSED) {
            Map<String, Object> more = new LinkedHashMap<>(document);
            more.remove("because");
            throw new Refusal(
                    CONFLICTS.contains(outcome.get().sqlState()) ? 409 : 422,
                    "write-refused",
                    outcome.get().because(),
                    more);
        }
        return Answer.ok(document);
    }

    private Future<Answer> read(Call call) {
        String key = call.path("key");
        return writes.find(call.path("name"), key)
                .map(found -> Answer.ok(WriteDocument.write(found.orElseThrow(
                        () -> Refusal.notFound("write '" + key + "' of migration '" + call.path("name") + "'")))));
    }
}
