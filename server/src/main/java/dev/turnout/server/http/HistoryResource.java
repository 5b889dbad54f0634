package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.server.control.AuditEntry;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.rollout.ByHand;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** {@code /api/v1/flags/{key}/history}: what a flag was, by version, and the way back to one of them. */
final class HistoryResource implements Resource {
    private final AuditStore audit;
    private final ByHand byHand;

    HistoryResource(AuditStore audit, ByHand byHand) {
        this.audit = audit;
        this.byHand = byHand;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_HISTORY, this::read, Endpoint.RESTORE_FLAG, this::restore);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.RESTORE_FLAG, HistoryResource::wanted);
    }

    private Future<Answer> read(Call call) {
        long before = call.whole("cursor", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        return audit.versionsOf(call.path("key"), before, call.limit())
                .map(page -> Answer.page("versions", page, HistoryResource::document, call.limit(), AuditEntry::id));
    }

    private static Map<String, Object> document(AuditEntry entry) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", entry.at());
        document.put("actor", entry.change().actor());
        document.put("reason", entry.change().reason());
        entry.flag().ifPresent(flag -> {
            document.put("version", flag.version());
            document.put("flag", FlagDocument.write(flag));
        });
        return document;
    }

    /** As any change of the flag: its stage moves one at a time, and a roll-back is undone by acknowledging alone. */
    private Future<Answer> restore(Call call) {
        long version = wanted(call);
        String key = call.path("key");
        Precondition precondition = Precondition.of(call);
        boolean force = call.query("force").filter("true"::equals).isPresent();
        return audit.version(key, version)
                .map(found -> found.flatMap(AuditEntry::flag)
                        .orElseThrow(() -> Refusal.notFound("version " + version + " of the flag '" + key + "'")))
                .compose(then -> byHand.change(
                        key,
                        now -> {
                            precondition.check(now);
                            return again(then, now);
                        },
                        force,
                        call.change("back to version " + version)))
                .map(flag -> Answer.ok(FlagDocument.write(flag)).version(flag.version()));
    }

    private static Flag again(Flag then, Flag now) {
        Map<String, Object> document = FlagDocument.write(then);
        document.remove("rolledBack");
        now.rolledBack().ifPresent(because -> document.put("rolledBack", because));
        return FlagDocument.read(Wire.tree(document), now);
    }

    private static long wanted(Call call) {
        Fields fields = call.fields();
        fields.only(new TreeSet<>(List.of("version", "reason")));
        long version = fields.whole("version", 1);
        fields.check();
        return version;
    }
}
