package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.rollout.FlagImport;
import dev.turnout.server.rollout.FlagImport.Changed;
import dev.turnout.server.rollout.FlagImport.Diff;
import dev.turnout.server.rollout.FlagImport.Problems;
import dev.turnout.server.rollout.FlagImport.Wanted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** {@code /api/v1/flags/export} and {@code /import}: all flags as one file. */
final class FlagFileResource implements Resource {
    /** A flag of such a name could not be read. */
    static final Set<String> NAMES = Set.of("export", "import");

    private final Vertx vertx;
    private final FlagStore flags;
    private final FlagImport imports;

    FlagFileResource(Vertx vertx, FlagStore flags, FlagImport imports) {
        this.vertx = vertx;
        this.flags = flags;
        this.imports = imports;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.EXPORT_FLAGS, this::write, Endpoint.IMPORT_FLAGS, this::read);
    }

    /** Thousands of flags take a while to write or to read: not on the event loop. */
    private Future<Answer> write(Call call) {
        return flags.load().compose(set -> vertx.executeBlocking(
                        () -> FlagFile.write(set.flags().stream()
                                .filter(flag -> call.caller().reaches(flag.key()))
                                .toList()),
                        false)
                .map(text -> new Answer(200, Optional.of(text), Map.of("Content-Type", "application/yaml"))
                        .version(set.version())));
    }

    private Future<Answer> read(Call call) {
        boolean trial = call.query("dryRun").filter("true"::equals).isPresent();
        boolean prune = call.query("prune").filter("true"::equals).isPresent();
        if (prune && !call.caller().reachesAll()) {
            throw new Refusal(
                    403,
                    "out-of-scope",
                    "to archive what the file does not name needs a token that reaches all" + " flags",
                    Map.of());
        }
        Optional<Long> expected = Precondition.of(call).version();
        return vertx.executeBlocking(() -> FlagFile.read(call.body()), false)
                .compose(wanted -> {
                    wanted.keySet().forEach(key -> Reach.check(call.caller(), key));
                    return imports.apply(
                            new Wanted(wanted, prune, expected),
                            trial,
                            new Change(
                                    call.caller().name(), call.reasonOfHeader().orElse("")));
                })
                // A trial speaks of what it was held against; the flags may have moved on since.
                .compose(diff -> (trial ? Future.succeededFuture(diff.version()) : flags.version())
                        .map(version ->
                                Answer.ok(document(diff, trial, version)).version(version)))
                .recover(failure -> Future.failedFuture(
                        failure instanceof Problems problems ? Refusal.invalid(problems.problems()) : failure));
    }

    private static Map<String, Object> document(Diff diff, boolean trial, long version) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("dryRun", trial);
        document.put("version", version);
        document.put(
                "changes", diff.changes().stream().map(FlagFileResource::change).toList());
        return document;
    }

    private static Map<String, Object> change(Changed changed) {
        Map<String, Object> before =
                changed.before().map(FlagFileResource::told).orElse(Map.of());
        Map<String, Object> after = told(changed.after());
        List<Map<String, Object>> members = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(after.keySet());
        names.addAll(before.keySet());
        for (String name : names) {
            if (!Objects.equals(before.get(name), after.get(name))) {
                Map<String, Object> member = new LinkedHashMap<>();
                member.put("member", name);
                member.put("before", Optional.ofNullable(before.get(name)));
                member.put("after", Optional.ofNullable(after.get(name)));
                members.add(member);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("key", changed.after().key());
        document.put("what", what(changed));
        document.put("members", members);
        return document;
    }

    private static String what(Changed changed) {
        if (changed.before().isEmpty()) {
            return "create";
        }
        boolean goes = changed.after().state() == Flag.State.ARCHIVED
                && changed.before().get().state() != Flag.State.ARCHIVED;
        return goes ? "archive" : "change";
    }

    private static Map<String, Object> told(Flag flag) {
        Map<String, Object> told = new LinkedHashMap<>(FlagDocument.write(flag));
        told.keySet().removeAll(List.of("key", "version"));
        return told;
    }
}
