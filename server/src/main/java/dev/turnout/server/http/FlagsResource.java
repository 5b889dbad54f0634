package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.flags.Flag;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.Listings.OfFlags;
import dev.turnout.server.rollout.ByHand;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** {@code /api/v1/flags}: read as of now, written by compare-and-set on the version. */
final class FlagsResource implements Resource {
    private final FlagStore flags;
    private final Listings listings;
    private final ByHand byHand;

    FlagsResource(FlagStore flags, Listings listings, ByHand byHand) {
        this.listings = listings;
        this.flags = flags;
        this.byHand = byHand;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_FLAGS, this::list,
                Endpoint.READ_FLAG, this::read,
                Endpoint.PUT_FLAG, this::put,
                Endpoint.PATCH_FLAG, this::patch);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.PUT_FLAG, call -> FlagDocument.read(call.json(), Flag.create(call.path("key"))));
    }

    /** The version is read first: it may be older than the page and never newer. */
    private Future<Answer> list(Call call) {
        OfFlags filter = new OfFlags(
                call.word("state", Flag.State.class),
                call.query("owner"),
                call.query("prefix").orElse(""),
                call.query("text").orElse(""));
        return flags.version().compose(version -> listings.flags(call.window(), filter)
                .map(page -> Answer.page("flags", page, FlagDocument::write, call.limit(), Flag::key)
                        .with("version", version)
                        .version(version)));
    }

    private Future<Answer> read(Call call) {
        String key = call.path("key");
        return flags.find(key)
                .map(found -> answer(200, found.orElseThrow(() -> Refusal.notFound("flag '" + key + "'"))));
    }

    private Future<Answer> put(Call call) {
        Precondition precondition = Precondition.of(call);
        JsonNode document = call.json();
        String key = call.path("key");
        return flags.find(key).compose(present -> {
            if (precondition.mustBeNew() || present.isEmpty()) {
                return create(call, key, document);
            }
            if (precondition.version().isEmpty()) {
                return Future.failedFuture(Refusal.versionRequired("the flag " + key));
            }
            return change(call, key, precondition, now -> FlagDocument.read(document, now));
        });
    }

    private Future<Answer> create(Call call, String key, JsonNode document) {
        if (!Flag.isKey(key)) {
            throw Refusal.invalid(List.of("a flag's key is made of 1 to 100 of A-Z a-z 0-9 . _ -"));
        }
        if (FlagFileResource.NAMES.contains(key)) {
            throw Refusal.invalid(List.of("the key '" + key + "' has another meaning in this API: choose another"));
        }
        Flag flag = FlagDocument.read(document, Flag.create(key));
        return flags.create(flag, call.change("")).map(stored -> answer(201, stored));
    }

    /** Without If-Match it applies to whatever the flag is now: a merge patch names only what it changes. */
    private Future<Answer> patch(Call call) {
        Precondition precondition = Precondition.of(call);
        if (!(call.json().deepCopy() instanceof ObjectNode patch)) {
            throw Refusal.malformed("a merge patch of a flag must be a JSON object");
        }
        patch.remove("reason");
        return change(call, call.path("key"), precondition, now -> {
            JsonNode merged = MergePatch.apply(Wire.tree(FlagDocument.write(now)), patch);
            return FlagDocument.read(merged, now);
        });
    }

    private Future<Answer> change(Call call, String key, Precondition precondition, UnaryOperator<Flag> how) {
        boolean force = call.query("force").filter("true"::equals).isPresent();
        UnaryOperator<Flag> checked = now -> {
            precondition.check(now);
            return how.apply(now);
        };
        return byHand.change(key, checked, force, call.change("")).map(stored -> answer(200, stored));
    }

    private static Answer answer(int code, Flag flag) {
        return new Answer(code, Optional.of(FlagDocument.write(flag)), Map.of()).version(flag.version());
    }
}
