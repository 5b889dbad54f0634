package dev.turnout.server.http;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.migration.Transfer;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.VerificationStore;
import dev.turnout.server.control.VerificationStore.Answered;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Has rows verified anew, or not after all. How far it is stands with the migration. */
final class VerificationsResource implements Resource {
    private static final String TABLE = "table";

    private final Vertx vertx;
    private final RunStore runs;
    private final VerificationStore verifications;

    VerificationsResource(Vertx vertx, RunStore runs, VerificationStore verifications) {
        this.vertx = vertx;
        this.runs = runs;
        this.verifications = verifications;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.VERIFY_MIGRATION, this::verify, Endpoint.CANCEL_VERIFICATION, this::cancel);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.VERIFY_MIGRATION, call -> table(fields(call)));
    }

    private static Fields fields(Call call) {
        Fields fields = call.fields();
        fields.only(Set.of(TABLE, "reason"));
        return fields;
    }

    private static Optional<String> table(Fields fields) {
        Optional<String> table = fields.optionalText(TABLE);
        fields.check();
        return table;
    }

    private Future<Answer> verify(Call call) {
        Fields fields = fields(call);
        Optional<String> table = table(fields);
        String name = call.path("name");
        Future<Void> known = table.isEmpty() ? Future.succeededFuture() : known(name, table.get(), fields);
        return known.compose(fine -> verifications.ask(name, table, call.changeBasedOn()))
                .map(answered ->
                        Answer.accepted(document(answered)).tag(answered.run().tag()));
    }

    private Future<Answer> cancel(Call call) {
        return verifications
                .cancel(call.path("name"), call.number("id", "verification"), call.changeBasedOn())
                .map(answered ->
                        Answer.ok(document(answered)).tag(answered.run().tag()));
    }

    private static Map<String, Object> document(Answered answered) {
        Map<String, Object> document = MigrationDocument.brief(answered.run());
        document.put("verification", VerificationDocument.write(answered.verification()));
        return document;
    }

    private Future<Void> known(String name, String table, Fields fields) {
        return runs.find(name)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'")))
                .compose(run -> runs.bundle(run.id()))
                // Long ones take a while to read.
                .compose(bundle -> vertx.executeBlocking(
                        () -> names(SpecReader.read(bundle).orThrow()), false))
                .map(names -> {
                    if (!names.contains(table)) {
                        fields.problem(TABLE, "must be one that the migration moves: " + String.join(", ", names));
                        fields.check();
                    }
                    return null;
                });
    }

    private static List<String> names(Spec spec) {
        return Stream.concat(
                        spec.moves().stream().map(Move::table),
                        spec.transfers().stream().map(Transfer::name))
                .toList();
    }
}
