package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** On which version a change is based: {@code If-Match}, or {@code If-None-Match: *} for what must not exist. */
record Precondition(Optional<Long> version, boolean mustBeNew) {
    private static final Pattern VERSION = Pattern.compile("(?:W/)?\"(\\d{1,18})\"");

    /** @throws Refusal 400 when a header is there and is no version */
    static Precondition of(Call call) {
        Optional<String> match = call.header("If-Match");
        Optional<String> none = call.header("If-None-Match");
        if (none.isPresent() && !none.get().equals("*")) {
            throw Refusal.malformed("If-None-Match can only be * here");
        }
        if (match.isEmpty() || match.get().equals("*")) {
            return new Precondition(Optional.empty(), none.isPresent());
        }
        Matcher matcher = VERSION.matcher(match.get());
        if (!matcher.matches()) {
            throw Refusal.malformed("If-Match must be an ETag that this server gave, such as \"7\"");
        }
        return new Precondition(Optional.of(Long.parseLong(matcher.group(1))), none.isPresent());
    }

    /** @throws Refusal 412 unless the flag is at the version, if one is given */
    void check(Flag present) {
        if (mustBeNew || (version.isPresent() && version.get() != present.version())) {
            throw Refusal.versionChanged("the flag " + present.key(), present.version());
        }
    }
}
