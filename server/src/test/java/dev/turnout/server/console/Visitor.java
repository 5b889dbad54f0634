package dev.turnout.server.console;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody with a browser that has no script: keeps a cookie, sends forms as they stand on a page. */
final class Visitor {
    private static final Pattern PROOF = Pattern.compile("name=\"proof\" value=\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private String cookie = "";

    Visitor(URI base) {
        this.base = base;
    }

    Visitor login(String token) throws IOException, InterruptedException {
        post("/login", Map.of("token", token, "to", "/"));
        return this;
    }

    String cookie() {
        return cookie;
    }

    void cookie(String other) {
        cookie = other;
    }

    /** @param headers names and values by turns */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).GET());
    }

    /** As a form of a page of this session does. */
    HttpResponse<String> act(String action, String... fields) throws IOException, InterruptedException {
        Map<String, String> all = fields(fields);
        all.put("proof", proof());
        all.put("to", "/flags");
        return post("/do/" + action, all, "Origin", base.toString());
    }

    String proof() throws IOException, InterruptedException {
        Matcher proof = PROOF.matcher(get("/about").body());
        return proof.find() ? proof.group(1) : "";
    }

    HttpResponse<String> post(String path, Map<String, String> form, String... headers)
            throws IOException, InterruptedException {
        return form(path, List.copyOf(form.entrySet()), headers);
    }

    /** With fields of the same name, in their order. */
    HttpResponse<String> form(String path, List<Map.Entry<String, String>> form, String... headers)
            throws IOException, InterruptedException {
        String body = form.stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(path, headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * As a form with files does.
     *
     * @param files texts by the names that the browser gives
     */
    HttpResponse<String> upload(String path, List<Map.Entry<String, String>> fields, Map<String, String> files)
            throws IOException, InterruptedException {
        String boundary = "----a-form-of-a-test";
        StringBuilder body = new StringBuilder();
        fields.forEach(field -> part(body, boundary, "name=\"" + field.getKey() + "\"", field.getValue()));
        files.forEach((name, text) -> part(body, boundary, "name=\"files\"; filename=\"" + name + "\"", text));
        return send(request(path, "Origin", base.toString())
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofString(body + "--" + boundary + "--\r\n")));
    }

    private static void part(StringBuilder body, String boundary, String what, String text) {
        body.append("--")
                .append(boundary)
                .append("\r\nContent-Disposition: form-data; ")
                .append(what);
        if (what.contains("filename=")) {
            body.append("\r\nContent-Type: application/octet-stream");
        }
        body.append("\r\n\r\n").append(text).append("\r\n");
    }

    static Map<String, String> fields(String... fields) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return all;
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(20));
        List<String> all = new ArrayList<>(List.of(headers));
        if (!cookie.isEmpty()) {
            all.addAll(List.of("Cookie", cookie));
        }
        return all.isEmpty() ? request : request.headers(all.toArray(String[]::new));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        response.headers().firstValue("Set-Cookie").ifPresent(set -> cookie = set.split(";", 2)[0]);
        return response;
    }
}
