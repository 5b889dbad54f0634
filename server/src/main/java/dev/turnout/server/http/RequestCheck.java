package dev.turnout.server.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds a request against the contract before anybody acts on it. Used on one event loop; checks on a worker thread. */
final class RequestCheck {
    private static final String BODY = "The value of the request body";
    private static final Pattern PARAMETER = Pattern.compile("parameter (\\S+) ");

    private final RequestValidator validator;

    RequestCheck(Vertx vertx, OpenAPIContract contract) {
        this.validator = RequestValidator.create(vertx, contract);
    }

    /**
     * Fails with a {@link Refusal}: 400 for parameters and for what is no JSON, 422 with the problems of a body.
     *
     * @param reading see {@link Resource#readings}
     */
    Future<Void> check(Call call, Operation operation, Consumer<Call> reading) {
        onlyKnown(operation, call);
        Map<String, RequestParameter> path = given(operation, Location.PATH, call);
        Map<String, RequestParameter> query = given(operation, Location.QUERY, call);
        boolean hasBody = operation.getRequestBody() != null && call.body().length() > 0;
        List<String> unstorable = hasBody ? Unstorable.in(call.json()) : List.of();
        RequestParameter body = hasBody ? call::body : () -> null;
        return validator
                .validate(new Received(path, query, body), operation.getOperationId())
                .transform(checked -> {
                    if (checked.succeeded()) {
                        return unstorable.isEmpty()
                                ? Future.succeededFuture()
                                : Future.failedFuture(together(unstorable, call, reading));
                    }
                    return Future.failedFuture(
                            checked.cause() instanceof ValidatorException refused
                                    ? refusal(refused, unstorable, call, reading)
                                    : checked.cause());
                });
    }

    private static void onlyKnown(Operation operation, Call call) {
        TreeSet<String> known = new TreeSet<>();
        for (Parameter parameter : operation.getParameters()) {
            if (parameter.getIn() == Location.QUERY) {
                known.add(parameter.getName());
            }
        }
        List<String> problems = new ArrayList<>();
        for (String name : call.queryNames()) {
            if (!known.contains(name)) {
                problems.add("'" + name + "' is no parameter here; known: " + String.join(", ", known));
            } else if (call.queryAll(name).size() > 1) {
                problems.add("'" + name + "' is given more than once");
            }
        }
        if (!problems.isEmpty()) {
            throw Refusal.malformed(String.join("; ", problems));
        }
    }

    private static Map<String, RequestParameter> given(Operation operation, Location in, Call call) {
        Map<String, RequestParameter> given = new HashMap<>();
        for (Parameter parameter : operation.getParameters()) {
            if (parameter.getIn() == in) {
                String name = parameter.getName();
                (in == Location.PATH ? List.of(call.path(name)) : call.queryAll(name))
                        .forEach(text -> given.put(name, parameter(parameter, text)));
            }
        }
        return given;
    }

    private static RequestParameter parameter(Parameter parameter, String text) {
        if (!Fields.storable(text)) {
            throw Refusal.malformed("'" + parameter.getName() + "' must be Unicode text without NUL");
        }
        // The validator reads JSON in it: a text that looks like a number would be one.
        String value = parameter.getSchemaType() == SchemaType.STRING ? Json.encode(text) : text;
        return () -> value;
    }

    private static Refusal refusal(
            ValidatorException refused, List<String> unstorable, Call call, Consumer<Call> reading) {
        String message = String.valueOf(refused.getMessage());
        if (!(refused instanceof SchemaValidationException schema)) {
            return Refusal.malformed(message);
        }
        if (message.startsWith(BODY)) {
            List<String> problems = new ArrayList<>(unstorable);
            problems.addAll(Violations.of(schema.getOutputUnit(), "the body"));
            return Violations.wrongKind(schema.getOutputUnit())
                    ? Refusal.malformed(String.join("; ", problems))
                    : together(problems, call, reading);
        }
        Matcher name = PARAMETER.matcher(message);
        String root = name.find() ? "'" + name.group(1) + "'" : "a parameter";
        return Refusal.malformed(String.join("; ", Violations.of(schema.getOutputUnit(), root)));
    }

    /** What the reader says of a field is more to the point than what the schema says. */
    private static Refusal together(List<String> problems, Call call, Consumer<Call> reading) {
        List<String> all = new ArrayList<>();
        try {
            reading.accept(call);
        } catch (Refusal refused) {
            if (refused.more().get("problems") instanceof List<?> told) {
                told.forEach(problem -> all.add(String.valueOf(problem)));
            }
        }
        Set<String> fields = all.stream().map(RequestCheck::field).collect(Collectors.toSet());
        problems.stream().filter(problem -> !fields.contains(field(problem))).forEach(all::add);
        return Refusal.invalid(all);
    }

    private static String field(String problem) {
        return problem.split("[ :]", 2)[0];
    }

    /** A request as the validator wants it. Whatever the body is called by its sender, it is JSON. */
    private record Received(
            Map<String, RequestParameter> path, Map<String, RequestParameter> query, RequestParameter body)
            implements ValidatableRequest {
        @Override
        public Map<String, RequestParameter> getCookies() {
            return Map.of();
        }

        /** Each has a reader of its own, which says more than a schema. */
        @Override
        public Map<String, RequestParameter> getHeaders() {
            return Map.of();
        }

        @Override
        public Map<String, RequestParameter> getPathParameters() {
            return path;
        }

        @Override
        public Map<String, RequestParameter> getQuery() {
            return query;
        }

        @Override
        public RequestParameter getBody() {
            return body;
        }

        @Override
        public String getContentType() {
            return "application/json";
        }
    }
}
