package dev.turnout.server.http;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Problem;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code /api/v1/migrations/check}: everything that is wrong with a spec, each with its place, before anything is started. */
final class CheckResource implements Resource {
    private final Vertx vertx;
    private final LiveCheck live;
    /** One look at a time: it tries the spec out on the database that is in use. */
    private final WorkerExecutor looks;

    CheckResource(Vertx vertx, LiveCheck live) {
        this.vertx = vertx;
        this.live = live;
        this.looks = vertx.createSharedWorkerExecutor("turnout-live-check", 1);
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.CHECK_MIGRATION, this::check);
    }

    /** What was sent, as a bundle. */
    static Bundle bundle(Call call) {
        Fields fields = call.fields();
        fields.only(Set.of("main", "files", "reason"));
        String main = fields.text("main");
        Map<String, String> files = fields.texts("files");
        fields.check();
        try {
            return new Bundle(main, files);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(List.of(String.valueOf(e.getMessage())));
        }
    }

    private Future<Answer> check(Call call) {
        Bundle bundle = bundle(call);
        // A spec of a megabyte takes a while to read: not on the event loop.
        return vertx.executeBlocking(() -> SpecReader.read(bundle), false)
                .compose(reading -> {
                    if (reading instanceof Reading.Refused refused) {
                        return Future.succeededFuture(refused(refused));
                    }
                    Spec spec = reading.orThrow();
                    Reach.check(call.caller(), spec.flag().key());
                    return looks.executeBlocking(() -> accepted(spec, bundle), false);
                })
                .map(Answer::ok);
    }

    private static Map<String, Object> refused(Reading.Refused refused) {
        return Map.of(
                "fine",
                false,
                "problems",
                refused.problems().stream().map(CheckResource::problem).toList());
    }

    private static Map<String, Object> problem(Problem problem) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", problem.file());
        if (problem.line() > 0) {
            document.put("line", problem.line());
        }
        document.put("what", problem.what());
        document.put("mend", problem.mend());
        return document;
    }

    private Map<String, Object> accepted(Spec spec, Bundle bundle) {
        Map<String, Object> looked = live.look(spec, bundle);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("fine", !(looked.get("problems") instanceof List<?> found) || found.isEmpty());
        document.put("problems", List.of());
        document.put("spec", understood(spec));
        document.put("live", looked);
        return document;
    }

    private static Map<String, Object> understood(Spec spec) {
        Map<String, Object> document = SpecResource.understood(spec);
        document.put("name", spec.name());
        document.put("flag", spec.flag().key());
        spec.flag().bucketBy().ifPresent(attribute -> document.put("bucketBy", attribute));
        PlanDocument.write(document, spec.rollout());
        document.put(
                "monitors",
                spec.monitors().stream().map(monitor -> monitor.name()).toList());
        return document;
    }
}
