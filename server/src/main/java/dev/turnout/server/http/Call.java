package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Window;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request to one endpoint, by somebody who may make it. Used on its event loop only. */
final class Call {
    private static final String REASON_HEADER = "X-Turnout-Reason";
    /** Begins a value that is percent-encoded (RFC 8187), since a header has ASCII only. */
    private static final String ENCODED = "UTF-8''";

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"([!#-~]{0,100})\"");
    private static final int MOST = 1000;
    private static final int USUAL = 100;

    private final Sent sent;
    private final Caller caller;
    private final Buffer body;
    private @Nullable JsonNode json;

    Call(Sent sent, Caller caller, Buffer body) {
        this.sent = sent;
        this.caller = caller;
        this.body = body;
    }

    /** Method, path and query. */
    String line() {
        return sent.line();
    }

    String path(String name) {
        return sent.path().apply(name);
    }

    /** @throws Refusal 404 when it is none: nothing has such a number */
    long number(String name, String what) {
        try {
            return Long.parseLong(path(name));
        } catch (NumberFormatException e) {
            throw Refusal.notFound(what + " '" + path(name) + "'");
        }
    }

    Set<String> queryNames() {
        return sent.query().names();
    }

    List<String> queryAll(String name) {
        return sent.query().getAll(name);
    }

    Optional<String> query(String name) {
        List<String> values = sent.query().getAll(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0)).filter(text -> !text.isBlank());
    }

    /** @throws Refusal 400 when it is no whole number in the range */
    long whole(String name, long min, long max, long absent) {
        Optional<String> text = query(name);
        if (text.isEmpty()) {
            return absent;
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        throw Refusal.malformed("'" + name + "' must be a whole number from " + min + " to " + max);
    }

    /** Entries of a page. */
    int limit() {
        return (int) whole("limit", 1, MOST, USUAL);
    }

    /** For lists in the order of a key. */
    Window<String> window() {
        return new Window<>(query("cursor").orElse(""), limit(), caller.scopes());
    }

    /** For lists with the newest first. */
    Window<Long> windowFromNewest() {
        return new Window<>(whole("cursor", 1, Long.MAX_VALUE, Long.MAX_VALUE), limit(), caller.scopes());
    }

    /** @throws Refusal 400 when it is none of them; in whatever case */
    <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
        return query(name).map(text -> Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> Refusal.malformed(
                        "'" + name + "' must be one of " + Arrays.toString(type.getEnumConstants()))));
    }

    Optional<String> header(String name) {
        return sent.header().apply(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    Buffer body() {
        return body;
    }

    /**
     * Not to be changed.
     *
     * @throws Refusal 400
     */
    JsonNode json() {
        JsonNode read = json;
        if (read == null) {
            read = Wire.read(body);
            json = read;
        }
        return read;
    }

    /** @throws Refusal 400 */
    Fields fields() {
        return Fields.of(json(), "the body");
    }

    Caller caller() {
        return caller;
    }

    /** For the audit: who and why. */
    Change change(String otherwise) {
        return new Change(caller.name(), reason(otherwise));
    }

    /**
     * The same, on the state that {@code If-Match} names.
     *
     * @throws Refusal 400 when it is no ETag
     */
    Change changeBasedOn() {
        Optional<String> match = header("If-Match").filter(text -> !text.equals("*"));
        Matcher tag = TAG.matcher(match.orElse("\"\""));
        if (!tag.matches()) {
            throw Refusal.malformed("If-Match must be an ETag that this server gave, such as \"7\"");
        }
        return change("").basedOn(match.map(text -> tag.group(1)));
    }

    /** Why the change is made: from the header or the member {@code reason} of the body. */
    String reason(String otherwise) {
        return reasonOfHeader()
                .or(() -> Optional.ofNullable(json().path("reason").textValue()).filter(text -> !text.isBlank()))
                .orElse(otherwise);
    }

    /**
     * For bodies that have no such member.
     *
     * @throws Refusal 400 when it is encoded and that is malformed
     */
    Optional<String> reasonOfHeader() {
        return header(REASON_HEADER).map(Call::decoded);
    }

    private static String decoded(String text) {
        if (!text.regionMatches(true, 0, ENCODED, 0, ENCODED.length())) {
            return text;
        }
        try {
            // Only in forms is it a space.
            String encoded = text.substring(ENCODED.length()).replace("+", "%2B");
            String reason = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
            if (Fields.storable(reason)) {
                return reason;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw Refusal.malformed(REASON_HEADER + " begins with " + ENCODED
                + ", so the rest must be Unicode text without NUL, percent-encoded");
    }
}
