package dev.turnout.server.http;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.Listings.OfRuns;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.RunStore;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code /api/v1/migrations}: starts them, says where they stand, takes what operators want of them. */
final class MigrationsResource implements Resource {
    private final Vertx vertx;
    private final RunStore runs;
    private final Listings listings;
    private final RunSurroundings surroundings;

    MigrationsResource(Vertx vertx, RunStore runs, Listings listings, RunSurroundings surroundings) {
        this.listings = listings;
        this.vertx = vertx;
        this.runs = runs;
        this.surroundings = surroundings;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.START_MIGRATION, this::start,
                Endpoint.LIST_MIGRATIONS, this::list,
                Endpoint.READ_MIGRATION, this::read,
                Endpoint.PAUSE_MIGRATION, call -> wish(call, Wish.PAUSE),
                Endpoint.RESUME_MIGRATION, call -> wish(call, Wish.RUN),
                Endpoint.ROLL_BACK_MIGRATION, call -> wish(call, Wish.ROLL_BACK),
                Endpoint.APPROVE_CONTRACT, this::approve,
                Endpoint.RECORD_BACKUP, this::backup);
    }

    private Future<Answer> start(Call call) {
        Bundle bundle = CheckResource.bundle(call);
        // A spec of a megabyte takes a while to read: not on the event loop.
        return vertx.executeBlocking(() -> accepted(SpecReader.read(bundle)), false)
                .compose(spec -> {
                    Reach.check(call.caller(), spec.flag().key());
                    return Future.succeededFuture(spec);
                })
                .compose(spec -> runs.start(spec, bundle, call.change("")))
                .map(run -> Answer.created(MigrationDocument.brief(run), "/api/v1/migrations/" + run.migration())
                        .tag(run.tag()));
    }

    private static Spec accepted(Reading reading) {
        if (reading instanceof Reading.Refused refused) {
            throw Refusal.invalid(
                    refused.problems().stream().map(Object::toString).toList());
        }
        return reading.orThrow();
    }

    private Future<Answer> list(Call call) {
        OfRuns filter = new OfRuns(call.query("flag"), call.word("phase", Phase.class));
        return listings.runs(call.windowFromNewest(), filter)
                .map(all -> Answer.page("migrations", all, MigrationDocument::brief, call.limit(), Run::id));
    }

    private Future<Answer> read(Call call) {
        String name = call.path("name");
        return runs.find(name).compose(found -> {
            Run run = found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'"));
            return runs.log(run.id()).compose(history -> surroundings.of(run).map(more -> {
                Map<String, Object> document = MigrationDocument.full(run, history);
                document.putAll(more);
                return Answer.ok(document).tag(run.tag());
            }));
        });
    }

    private Future<Answer> wish(Call call, Wish wish) {
        return runs.wish(call.path("name"), wish, call.changeBasedOn())
                .map(run -> Answer.accepted(MigrationDocument.brief(run)).tag(run.tag()));
    }

    private Future<Answer> approve(Call call) {
        return runs.approveContract(call.path("name"), call.changeBasedOn())
                .map(run -> Answer.ok(MigrationDocument.brief(run)).tag(run.tag()));
    }

    private Future<Answer> backup(Call call) {
        Fields fields = call.fields();
        fields.only(Set.of("reference", "reason"));
        String reference = fields.text("reference");
        fields.check();
        return runs.recordBackup(call.path("name"), reference, call.changeBasedOn())
                .map(run -> Answer.ok(MigrationDocument.brief(run)).tag(run.tag()));
    }
}
