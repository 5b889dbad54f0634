package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import dev.turnout.server.control.TokenEntry;
import dev.turnout.server.control.TokenStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** {@code /api/v1/tokens}: who may ask for what. A token itself is shown once, when it is made or rotated. */
final class TokensResource implements Resource {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);
    private static final Duration OVERLAP = Duration.ofHours(1);

    private final TokenStore tokens;
    private final Clock clock;

    /** @param clock business time */
    TokensResource(TokenStore tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_TOKENS, this::list,
                Endpoint.READ_TOKEN, call -> read(call.path("name")),
                Endpoint.CREATE_TOKEN, this::create,
                Endpoint.ROTATE_TOKEN, this::rotate,
                Endpoint.REVOKE_TOKEN, this::revoke);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.CREATE_TOKEN, this::wanted, Endpoint.ROTATE_TOKEN, TokensResource::overlap);
    }

    private Future<Answer> list(Call call) {
        return tokens.list(call.window().cursor(), call.limit())
                .map(page -> Answer.page("tokens", page, TokensResource::document, call.limit(), last -> last.caller()
                        .name()));
    }

    private Future<Answer> read(String name) {
        return tokens.find(name)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("token '" + name + "'")))
                .map(entry -> Answer.ok(document(entry)).version(entry.version()));
    }

    private record Wanted(Caller caller, Instant expiresAt) {}

    private Future<Answer> create(Call call) {
        Wanted wanted = wanted(call);
        String name = wanted.caller().name();
        return tokens.issue(wanted.caller(), wanted.expiresAt(), call.change(""))
                .compose(token -> shownOnce(name, token, 201));
    }

    private Wanted wanted(Call call) {
        Fields fields = call.fields();
        fields.only(new TreeSet<>(
                Set.of("name", "roles", "scopes", "expiresAt", "expiresIn", "requestsPerSecond", "reason")));
        String name = fields.text("name");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            fields.problem("name", "must be made of 1 to 100 of A-Z a-z 0-9 . _ -");
        }
        Set<Role> roles = roles(fields);
        Set<String> scopes = fields.has("scopes") ? new TreeSet<>(fields.list("scopes")) : Set.of();
        scopes.stream()
                .filter(scope -> !NAME.matcher(scope).matches())
                .forEach(scope -> fields.problem("scopes", "'" + scope + "' cannot begin a flag's key"));
        if (!scopes.isEmpty() && roles.contains(Role.ADMIN)) {
            fields.problem("scopes", "do not go with the role ADMIN, which may make other tokens");
        }
        OptionalInt limit = fields.has("requestsPerSecond")
                ? OptionalInt.of((int) Math.min(1_000_000, fields.whole("requestsPerSecond", 1)))
                : OptionalInt.empty();
        Instant expiresAt = expiresAt(fields);
        fields.check();
        return new Wanted(new Caller(name, roles, scopes, limit), expiresAt);
    }

    private static Set<Role> roles(Fields fields) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (!fields.has("roles")) {
            fields.problem("roles", "is missing");
            return roles;
        }
        for (String word : fields.list("roles")) {
            try {
                roles.add(Role.valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                fields.problem("roles", "has '" + word + "', which is none of " + List.of(Role.values()));
            }
        }
        if (fields.list("roles").isEmpty()) {
            fields.problem("roles", "must have one at least");
        }
        return roles;
    }

    private Instant expiresAt(Fields fields) {
        if (fields.has("expiresAt") && fields.has("expiresIn")) {
            fields.problem("expiresIn", "does not go with expiresAt");
        }
        try {
            Instant expires = fields.optionalText("expiresAt")
                    .map(text -> OffsetDateTime.parse(text).toInstant())
                    .or(() -> fields.optionalText("expiresIn")
                            .map(text -> clock.instant().plus(Duration.parse(text))))
                    .orElse(Instant.MAX);
            if (!expires.isAfter(clock.instant())) {
                fields.problem(fields.has("expiresAt") ? "expiresAt" : "expiresIn", "is over already");
            }
            return expires;
        } catch (DateTimeException | ArithmeticException e) {
            if (fields.has("expiresAt")) {
                fields.problem("expiresAt", "must be an instant such as 2026-01-31T09:00:00+09:00");
            } else {
                fields.problem("expiresIn", "must be a duration such as P90D or PT8H");
            }
            return Instant.MAX;
        }
    }

    private Future<Answer> rotate(Call call) {
        String name = call.path("name");
        Duration overlap = overlap(call);
        return tokens.rotate(name, Precondition.of(call).version(), overlap, call.change(""))
                .compose(token -> shownOnce(name, token, 200));
    }

    private static Duration overlap(Call call) {
        Fields fields = call.fields();
        fields.only(new TreeSet<>(Set.of("overlap", "reason")));
        Optional<Duration> overlap = Optional.empty();
        try {
            overlap = fields.optionalText("overlap").map(Duration::parse);
        } catch (DateTimeException e) {
            fields.problem("overlap", "must be a duration such as PT1H");
        }
        if (overlap.filter(given -> given.isNegative() || given.compareTo(LONGEST_OVERLAP) > 0)
                .isPresent()) {
            fields.problem("overlap", "must be from PT0S to " + LONGEST_OVERLAP);
        }
        fields.check();
        return overlap.orElse(OVERLAP);
    }

    private Future<Answer> revoke(Call call) {
        String name = call.path("name");
        return tokens.revoke(name, Precondition.of(call).version(), call.change(""))
                .compose(revoked -> read(name));
    }

    private Future<Answer> shownOnce(String name, String token, int code) {
        return tokens.find(name).map(found -> {
            TokenEntry entry = found.orElseThrow();
            Map<String, Object> document = document(entry);
            document.put("token", token);
            return new Answer(code, Optional.of(document), Map.of("Location", "/api/v1/tokens/" + name))
                    .version(entry.version())
                    .secret();
        });
    }

    private static Map<String, Object> document(TokenEntry entry) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", entry.caller().name());
        document.put("roles", entry.caller().roles().stream().sorted().toList());
        document.put("scopes", entry.caller().scopes().stream().sorted().toList());
        document.put("requestsPerSecond", entry.caller().requestsPerSecond());
        document.put("createdAt", entry.life().createdAt());
        document.put("expiresAt", entry.life().expiresAt());
        document.put("revokedAt", entry.life().revokedAt());
        document.put("previousUntil", entry.previousUntil());
        document.put("version", entry.version());
        return document;
    }
}
