package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.server.alert.Told;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Source;
import dev.turnout.server.control.AlertStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Alerts as Alertmanager and Grafana send them. What is not known is passed over, since both add members; what decides
 * is held to its form.
 */
final class AlertDocument {
    private static final int MOST_ALERTS = 500;
    private static final int MOST_LABELS = 100;
    private static final Pattern FINGERPRINT = Pattern.compile("[!-~]{1,100}");
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 9999;

    private AlertDocument() {}

    /** @throws Refusal 400 with every problem, or 413 */
    static List<Alert> read(JsonNode body, Source source) {
        Fields payload = Fields.of(body, "the body");
        try {
            return read(payload, source);
        } catch (Refusal refused) {
            // Neither sender tries again on any 4xx; people read this one in its log.
            throw refused.code() == 422 ? new Refusal(400, "malformed", refused.detail(), refused.more()) : refused;
        }
    }

    /** Grafana's has an organisation; everything else is the same. */
    static Source source(JsonNode body) {
        return body.has("orgId") ? Source.GRAFANA : Source.ALERTMANAGER;
    }

    private static List<Alert> read(Fields payload, Source source) {
        if (!payload.isList("alerts")) {
            payload.problem("alerts", "must be a list of alerts, as Alertmanager and Grafana send it");
        }
        List<Fields> sent = payload.isList("alerts") ? payload.objects("alerts") : List.of();
        if (sent.size() > MOST_ALERTS) {
            throw new Refusal(
                    413,
                    "too-large",
                    "at most " + MOST_ALERTS + " alerts at once: group by ['...'], or set max_alerts",
                    Map.of());
        }
        List<Alert> alerts = new ArrayList<>();
        sent.forEach(each -> alert(each, source).ifPresent(alerts::add));
        payload.check();
        leftOut(payload, source, alerts).ifPresent(alerts::add);
        return alerts;
    }

    private static Optional<Alert> alert(Fields sent, Source source) {
        String status = sent.node("status").asText();
        if (!status.equals("firing") && !status.equals("resolved")) {
            sent.problem("status", "must be firing or resolved");
        }
        Map<String, String> labels = sent.texts("labels");
        if (labels.size() > MOST_LABELS || sent.node("annotations").size() > MOST_LABELS) {
            sent.problem("labels", "and annotations must be at most " + MOST_LABELS + " each");
        }
        Optional<Instant> startsAt = startsAt(sent);
        return startsAt.map(at -> new Alert(
                source,
                fingerprint(sent.node("fingerprint").asText(), labels),
                status.equals("firing"),
                at,
                labels,
                texts(sent.node("annotations"))));
    }

    private static Optional<Instant> startsAt(Fields sent) {
        try {
            OffsetDateTime at = OffsetDateTime.parse(sent.node("startsAt").asText());
            if (at.getYear() > FIRST_YEAR && at.getYear() < LAST_YEAR) {
                return Optional.of(at.toInstant());
            }
        } catch (DateTimeException e) {
            // The message below says what is expected.
        }
        sent.problem("startsAt", "must be an instant such as 2026-01-31T09:00:00Z");
        return Optional.empty();
    }

    /** What is no text is for nobody here. */
    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.properties().forEach(member -> {
            if (member.getValue().isTextual()) {
                texts.put(member.getKey(), member.getValue().textValue());
            }
        });
        return texts;
    }

    /** Whoever sends a form of its own may leave it out: then it is made of the labels. */
    private static String fingerprint(String sent, Map<String, String> labels) {
        return FINGERPRINT.matcher(sent).matches() ? sent : hash(labels.toString());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of alerts that were left out only the labels that all have are known; they count as one more alert. */
    private static Optional<Alert> leftOut(Fields payload, Source source, List<Alert> shown) {
        boolean some = payload.node("truncatedAlerts").asLong(0) > 0
                && payload.node("status").asText().equals("firing");
        Optional<Instant> newest = shown.stream()
                .filter(Alert::firing)
                .map(Alert::startsAt)
                .max(Comparator.naturalOrder())
                .filter(at -> some);
        Map<String, String> labels = texts(payload.node("groupLabels"));
        labels.putAll(texts(payload.node("commonLabels")));
        return newest.map(at -> new Alert(
                source, hash("left out of " + labels), true, at, labels, texts(payload.node("commonAnnotations"))));
    }

    static Map<String, Object> write(Told told) {
        Map<String, Object> document = head(told.alert());
        tail(document, told.flagKey(), told.rule(), told.ruling());
        return document;
    }

    static Map<String, Object> write(AlertStore.Entry entry) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", entry.id());
        document.putAll(head(entry.alert()));
        tail(document, entry.flagKey(), entry.rule(), entry.ruling());
        document.put("firstAt", entry.sent().firstAt());
        document.put("lastAt", entry.sent().lastAt());
        document.put("times", entry.sent().times());
        document.put("labels", new TreeMap<>(entry.alert().labels()));
        document.put("annotations", new TreeMap<>(entry.alert().annotations()));
        return document;
    }

    private static Map<String, Object> head(Alert alert) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("alert", alert.name());
        document.put("source", alert.source());
        document.put("fingerprint", alert.fingerprint());
        document.put("firing", alert.firing());
        document.put("startsAt", alert.startsAt());
        return document;
    }

    private static void tail(Map<String, Object> document, String flagKey, String rule, Alert.Ruling ruling) {
        if (!flagKey.isEmpty()) {
            document.put("flag", flagKey);
        }
        if (!rule.isEmpty()) {
            document.put("rule", rule);
        }
        document.put("outcome", ruling.outcome());
        document.put("reason", ruling.reason());
        document.put("because", ruling.because());
    }
}
