package dev.turnout.server.console;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Takes a form with the texts of files, in memory and up to a limit. Used on the request's event loop. */
final class FormFiles implements Handler<RoutingContext> {
    private static final String FILES = "turnout.files";

    private final long limitBytes;

    /** @param limitBytes of the whole form */
    FormFiles(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        Map<String, Buffer> files = new LinkedHashMap<>();
        AtomicLong length = new AtomicLong();
        request.setExpectMultipart(true);
        request.uploadHandler(upload -> {
            Buffer text = Buffer.buffer();
            // A chooser in which nothing was chosen sends a file without a name.
            if (!upload.filename().isBlank()) {
                files.put(upload.filename(), text);
            }
            upload.handler(part -> {
                if (length.get() <= limitBytes) {
                    text.appendBuffer(part);
                }
            });
        });
        request.handler(part -> {
            if (length.addAndGet(part.length()) > limitBytes && !ctx.failed()) {
                ctx.fail(413);
            }
        });
        request.exceptionHandler(failure -> {
            if (!ctx.failed()) {
                ctx.fail(400, failure);
            }
        });
        request.endHandler(end -> {
            if (!ctx.failed()) {
                ctx.put(FILES, files);
                ctx.next();
            }
        });
    }

    /** By the names that the browser gives. */
    static Map<String, String> of(RoutingContext ctx) {
        Map<String, Buffer> files = ctx.get(FILES, Map.of());
        Map<String, String> texts = new LinkedHashMap<>();
        files.forEach((name, text) -> texts.put(name, text.toString().replace("\r\n", "\n")));
        return texts;
    }
}
