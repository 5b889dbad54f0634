package dev.turnout.server.http;

import java.util.List;
import java.util.Map;

/** A request that is not served, as an RFC 9457 problem: what the client did and can do. Immutable. */
public final class Refusal extends RuntimeException {
    /** The member with the seconds after which to come again; also told as a header. */
    static final String RETRY_AFTER = "retryAfterSeconds";

    private final int code;
    private final String kind;
    private final String detail;
    private final transient Map<String, Object> more;

    /**
     * @param code HTTP status code
     * @param kind stable, for programs: the last part of the problem's type
     * @param detail for people
     * @param more further members of the problem
     */
    Refusal(int code, String kind, String detail, Map<String, Object> more) {
        super(detail, null, false, false);
        this.code = code;
        this.kind = kind;
        this.detail = detail;
        this.more = Map.copyOf(more);
    }

    static Refusal malformed(String detail) {
        return new Refusal(400, "malformed", detail, Map.of());
    }

    static Refusal notFound(String what) {
        return new Refusal(404, "not-found", "there is no " + what, Map.of());
    }

    static Refusal conflict(String detail) {
        return new Refusal(409, "conflict", detail, Map.of());
    }

    static Refusal versionChanged(String what, long current) {
        return new Refusal(
                412,
                "version-changed",
                what + " is at version " + current + " now: read it again, then repeat the change",
                Map.of("currentVersion", current));
    }

    static Refusal versionRequired(String what) {
        return new Refusal(
                428,
                "version-required",
                "send If-Match with the version of " + what + " that the change is based on (its ETag), or"
                        + " If-None-Match: * to create it",
                Map.of());
    }

    static Refusal invalid(List<String> problems) {
        return new Refusal(422, "invalid", String.join("; ", problems), Map.of("problems", List.copyOf(problems)));
    }

    public int code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    /** Each thing that is wrong, in its own words; one where there is no more to say than {@link #detail}. */
    public List<String> problems() {
        return more.get("problems") instanceof List<?> told && !told.isEmpty()
                ? told.stream().map(String::valueOf).toList()
                : List.of(detail);
    }

    String kind() {
        return kind;
    }

    Map<String, Object> more() {
        return more;
    }
}
