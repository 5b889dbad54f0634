package dev.turnout.server.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of a stream of server-sent events that keeps what it hears. */
final class Listener implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param id empty when it has none */
    record Event(String id, String data) {}

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    /** @param headers names and values by turns */
    Listener(URI uri, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        Thread reading = new Thread(this::read, "listener");
        reading.setDaemon(true);
        reading.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    heard.add(new Event(id, line.substring(6)));
                }
            }
        } catch (IOException e) {
            // The test closed it, or the server went: either way there is no more to hear.
        }
    }

    int code() {
        return response.statusCode();
    }

    /** The next event; fails after ten seconds. */
    Event next() throws InterruptedException {
        Event event = heard.poll(10, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing heard for ten seconds");
        }
        return event;
    }

    boolean silent(long millis) throws InterruptedException {
        return heard.poll(millis, TimeUnit.MILLISECONDS) == null;
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
