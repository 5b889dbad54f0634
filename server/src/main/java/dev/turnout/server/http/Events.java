package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/** One kind of server-sent event that flag sets become; written once for each flag set. Thread-safe. */
final class Events {
    private final Function<FlagSet, String> data;
    private volatile Written newest;

    private record Written(FlagSet flags, Buffer event) {
        @SuppressWarnings("ReferenceEquality") // of this very set
        boolean is(FlagSet others) {
            return flags == others;
        }
    }

    /** @param data one line */
    private Events(Function<FlagSet, String> data) {
        this.data = data;
        this.newest = written(FlagSet.EMPTY);
    }

    /** OFREP's: the flags changed, evaluate again. */
    static Events refetch() {
        return new Events(flags -> new JsonObject()
                .put("type", "refetchEvaluation")
                .put("etag", Ofrep.configEtag(flags))
                .encode());
    }

    /** The whole ruleset, for clients that evaluate by themselves. */
    static Events ruleset(Function<FlagSet, String> ruleset) {
        return new Events(ruleset);
    }

    Buffer of(FlagSet flags) {
        Written now = newest;
        if (now.is(flags)) {
            return now.event();
        }
        Written written = written(flags);
        newest = written;
        return written.event();
    }

    private Written written(FlagSet flags) {
        return new Written(
                flags,
                Buffer.buffer("id: " + flags.version() + "\nevent: message\ndata: " + data.apply(flags) + "\n\n"));
    }
}
