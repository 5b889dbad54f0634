package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All flags as one file, there and back: a file is looked at before it is applied, and nothing is applied that was not.
 *
 * @param given what somebody pasted, chose and typed
 * @param diff what it would change; empty until that was asked, or when it cannot be told
 * @param problems why it cannot be told, or was not applied; empty when nothing is wrong
 */
record FlagFilePage(Given given, Optional<Doc> diff, List<String> problems) {
    private static final String YAML = "application/yaml";

    /**
     * @param text of the file
     * @param prune whether flags that it does not name are archived
     * @param reason why it is applied, as it was typed
     */
    record Given(String text, boolean prune, String reason) {
        static final Given NOTHING = new Given("", false, "");

        /** A file that was chosen takes the place of the text. */
        static Given of(Visit visit) {
            Map<String, String> chosen = FormFiles.of(visit.ctx());
            String text = chosen.isEmpty()
                    ? visit.form("text")
                    : chosen.values().iterator().next();
            return new Given(
                    plain(text),
                    visit.form("prune").equals("true"),
                    visit.form("reason").strip());
        }

        /** As it comes back from a form: a browser changes line ends, drops a first empty line, and an editor adds a mark. */
        private static String plain(String text) {
            return text.replaceFirst("^\\x{FEFF}", "")
                    .replaceAll("\\r\\n?", "\n")
                    .replaceFirst("^\\n+", "");
        }

        /** Tells whether a file is the one that was looked at. */
        String seal() {
            try {
                MessageDigest hash = MessageDigest.getInstance("SHA-256");
                hash.update((prune ? "prune\n" : "keep\n").getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(hash.digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    /**
     * A flag that would be another.
     *
     * @param what create, change or archive
     */
    record Changed(String key, String what, List<Difference> differences) {}

    static Future<View> of(Visit visit) {
        return Future.succeededFuture(view(new FlagFilePage(Given.NOTHING, Optional.empty(), List.of())));
    }

    /** Empty: it is answered with the file. */
    static Future<Optional<View>> download(Visit visit) {
        return visit.ask(Endpoint.EXPORT_FLAGS).map(file -> {
            visit.ctx()
                    .response()
                    .putHeader("Content-Type", YAML + "; charset=utf-8")
                    .putHeader("Content-Disposition", "attachment; filename=\"flags.yaml\"")
                    .end(file.text());
            return Optional.empty();
        });
    }

    /** What the file would change; nothing is changed. */
    static Future<View> looked(Visit visit) {
        return looked(visit, Given.of(visit), List.of());
    }

    private static Future<View> looked(Visit visit, Given given, List<String> notApplied) {
        if (given.text().isBlank()) {
            return Future.succeededFuture(unknown(given, List.of("paste a file, or choose one, first")));
        }
        // Read leniently as a file that was chosen is: what could not be read stands there as this.
        if (given.text().indexOf('\uFFFD') >= 0) {
            return Future.succeededFuture(unknown(
                    given,
                    List.of(
                            "this is not all UTF-8: characters stand there as \uFFFD; save the file as UTF-8, or apply it"
                                    + " by turnout flag apply")));
        }
        return visit.ask(file(given).where("dryRun", "true"))
                .map(diff -> view(new FlagFilePage(given, Optional.of(diff), notApplied)))
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() < 500
                        ? Future.succeededFuture(unknown(
                                given,
                                Stream.concat(notApplied.stream(), refusal.problems().stream())
                                        .toList()))
                        : Future.failedFuture(failure));
    }

    private static View unknown(Given given, List<String> problems) {
        return view(new FlagFilePage(given, Optional.empty(), problems));
    }

    /** The page again when it is refused; empty when it is applied. */
    static Future<Optional<View>> apply(Visit visit) {
        Given given = Given.of(visit);
        if (!given.seal().equals(visit.form("seen"))) {
            return again(visit, given, "not applied: this is not the file that was looked at; see what it changes now");
        }
        if (given.reason().isEmpty()) {
            return again(visit, given, "not applied: say why, for the audit");
        }
        Ask ask = file(given).header("If-Match", visit.form("match")).header("X-Turnout-Reason", given.reason());
        return visit.ask(ask)
                .onSuccess(applied -> Entrance.seeOther(visit.ctx(), Entrance.inOurPlace("/flags?done=import-flags")))
                .<Optional<View>>map(applied -> Optional.empty())
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() < 500
                        ? again(
                                visit,
                                given,
                                refusal.code() == 412
                                        ? "not applied: flags have changed since this was looked at; see what it changes now"
                                        : "not applied: " + refusal.detail())
                        : Future.failedFuture(failure));
    }

    private static Future<Optional<View>> again(Visit visit, Given given, String because) {
        return looked(visit, given, List.of(because)).map(Optional::of);
    }

    private static Ask file(Given given) {
        return Ask.of(Endpoint.IMPORT_FLAGS)
                .where("prune", String.valueOf(given.prune()))
                .text(given.text());
    }

    private static View view(FlagFilePage page) {
        return new View(
                "Flags as a file",
                "flags",
                (shell, out) -> JteflagfileGenerated.render(out, Untouched.HTML, shell, page));
    }

    List<Changed> changes() {
        return diff.map(doc -> doc.list("changes").stream()
                        .map(change -> new Changed(
                                change.text("key"), change.text("what"), Difference.ofMembers(change.list("members"))))
                        .toList())
                .orElse(List.of());
    }

    /** Whether there is something that can be applied. */
    boolean appliable() {
        return !changes().isEmpty();
    }

    /** In which a flag's fate is told. */
    static String words(String what) {
        return switch (what) {
            case "create" -> "is made";
            case "archive" -> "is archived";
            default -> "changes";
        };
    }

    String match() {
        return diff.map(Doc::tag).orElse("");
    }
}
