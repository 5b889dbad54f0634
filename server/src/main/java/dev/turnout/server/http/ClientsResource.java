package dev.turnout.server.http;

import dev.turnout.server.control.ClientStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code /api/v1/clients/{id}}: applications that write to both sides say how far they have come, and hear of the others. */
final class ClientsResource implements Resource {
    private final ClientStore clients;

    ClientsResource(ClientStore clients) {
        this.clients = clients;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.BEAT_CLIENT, this::beat, Endpoint.LEAVE_CLIENT, this::leave);
    }

    private Future<Answer> beat(Call call) {
        Fields body = call.fields();
        body.only(Set.of("acknowledged"));
        long acknowledged = body.whole("acknowledged", 0);
        body.check();
        return clients.beat(id(call), acknowledged).map(ClientsResource::settled);
    }

    private Future<Answer> leave(Call call) {
        return clients.leave(id(call)).map(ClientsResource::settled);
    }

    /** Under the token's name, so that one application cannot speak for another. */
    private static String id(Call call) {
        String id = call.path("id");
        if (!id.matches("[A-Za-z0-9-]{1,100}")) {
            throw Refusal.invalid(List.of("a client's id is made of 1 to 100 of A-Z a-z 0-9 -"));
        }
        return call.caller().name() + "/" + id;
    }

    private static Answer settled(long version) {
        return Answer.ok(Map.of("settled", version, "leaseMillis", ClientStore.LEASE.toMillis()));
    }
}
