package dev.turnout.server.http;

import dev.turnout.server.control.FreezeStore;
import dev.turnout.server.control.FreezeStore.Freeze;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code /api/v1/freeze} and its kin: stops the steps of every rollout, or of a flag's, and lets them go on. */
final class FreezeResource implements Resource {
    private final FreezeStore freezes;

    FreezeResource(FreezeStore freezes) {
        this.freezes = freezes;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_FREEZES, call -> list(),
                Endpoint.FREEZE_ALL, call -> freeze(call, Optional.empty()),
                Endpoint.THAW_ALL, call -> thaw(call, Optional.empty()),
                Endpoint.FREEZE_FLAG, call -> freeze(call, Optional.of(call.path("flag"))),
                Endpoint.THAW_FLAG, call -> thaw(call, Optional.of(call.path("flag"))));
    }

    private Future<Answer> freeze(Call call, Optional<String> flag) {
        return freezes.freeze(flag, call.change("")).compose(done -> list());
    }

    private Future<Answer> thaw(Call call, Optional<String> flag) {
        return freezes.thaw(flag, call.change("")).compose(done -> list());
    }

    private Future<Answer> list() {
        return freezes.all()
                .map(all -> Answer.ok(Map.of(
                        "freezes", all.stream().map(FreezeResource::document).toList())));
    }

    private static Map<String, Object> document(Freeze freeze) {
        Map<String, Object> document = new LinkedHashMap<>();
        freeze.flagKey().ifPresent(key -> document.put("flag", key));
        document.put("at", freeze.at());
        document.put("by", freeze.change().actor());
        document.put("reason", freeze.change().reason());
        return document;
    }
}
