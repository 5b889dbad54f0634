package dev.turnout.server.console;

import dev.turnout.flags.Flag;
import dev.turnout.server.control.Caller;
import dev.turnout.server.http.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What stands around every page.
 *
 * @param path of the page, with its query: where a form leads back to
 * @param now business time
 * @param moving flags that have units on the new side, within the caller's reach: what can be rolled back
 * @param about the flag of the page
 * @param asOf when what the page shows was read, if that could not be done now; with {@link #trouble}
 * @param done what has just been done
 */
record Shell(
        Assets assets,
        String title,
        String section,
        Who who,
        String path,
        Instant now,
        List<Flag> moving,
        Optional<Flag> about,
        Optional<Instant> asOf,
        Optional<String> trouble,
        Optional<String> done) {
    /** @param proof for forms */
    record Who(Caller caller, String proof) {}

    /** One of the navigation. */
    record Link(String name, String to, String section) {}

    List<Link> links() {
        List<Link> links = new ArrayList<>(List.of(
                new Link("Overview", "/", "overview"),
                new Link("Flags", "/flags", "flags"),
                new Link("Incidents", "/incidents", "incidents"),
                new Link("Alerts", "/alerts", "alerts"),
                new Link("Monitors", "/monitors", "monitors"),
                new Link("Audit", "/audit", "audit")));
        if (may(Endpoint.LIST_TOKENS)) {
            links.add(new Link("Tokens", "/tokens", "tokens"));
        }
        links.add(new Link("About", "/about", "about"));
        return links;
    }

    String roles() {
        String roles = who.caller().roles().stream()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
        return who.caller().reachesAll()
                ? roles
                : roles + "; flags that begin with "
                        + String.join(
                                " or ", who.caller().scopes().stream().sorted().toList());
    }

    boolean may(Endpoint endpoint) {
        return endpoint.admits(who.caller());
    }

    /** A form that is sent twice is done once. */
    String once() {
        return UUID.randomUUID().toString();
    }

    Times times() {
        return new Times(now);
    }
}
