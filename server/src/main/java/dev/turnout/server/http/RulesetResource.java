package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code /api/v1/ruleset}: all flags for clients that evaluate by themselves, as one document or, to whoever accepts
 * {@code text/event-stream}, as a stream that begins with it. Used on one event loop.
 */
final class RulesetResource implements Resource {
    private static final long NONE = -1;

    private final Supplier<FlagSet> flags;
    private final Streams streams;
    private final Events events;

    RulesetResource(Supplier<FlagSet> flags, Streams streams, Events events) {
        this.flags = flags;
        this.streams = streams;
        this.events = events;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_RULESET, call -> Future.succeededFuture(answer(call)));
    }

    private Answer answer(Call call) {
        if (call.header("Accept")
                .filter(types -> types.contains("text/event-stream"))
                .isPresent()) {
            long has =
                    call.header("Last-Event-ID").map(RulesetResource::version).orElse(NONE);
            return Answer.stream(response -> streams.open(response, events, has));
        }
        FlagSet now = flags.get();
        String etag = "\"" + now.version() + "\"";
        if (call.header("If-None-Match")
                .filter(match -> Ofrep.matches(match, etag))
                .isPresent()) {
            return new Answer(304, Optional.empty(), Map.of("ETag", etag));
        }
        return Answer.json(Ruleset.write(now)).version(now.version());
    }

    /** Of an event's id; none when it is not one of ours. */
    static long version(String id) {
        try {
            return Long.parseLong(id.strip());
        } catch (NumberFormatException e) {
            return NONE;
        }
    }
}
