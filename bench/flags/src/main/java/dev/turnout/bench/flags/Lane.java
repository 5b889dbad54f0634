package dev.turnout.bench.flags;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection on which a question is asked again and again. Its state belongs to the socket's event loop. */
final class Lane {
    private static final int UNKNOWN = -1;
    private static final String LENGTH = "\r\ncontent-length: ";

    private final Context loop;
    private final NetSocket socket;
    private final Buffer request;
    private final String expected;
    private Promise<Long> round = Promise.promise();
    private Buffer answer = Buffer.buffer();
    private int bytesOfAnswer = UNKNOWN;
    private long answers;
    private long end;

    /** @param loop the one that the socket belongs to, which runs this */
    Lane(Context loop, NetSocket socket, Buffer request, int expected) {
        this.loop = loop;
        this.socket = socket;
        this.request = request;
        this.expected = "HTTP/1.1 " + expected + " ";
        socket.handler(this::read);
        socket.closeHandler(closed -> round.tryFail("the server closed the connection"));
        socket.exceptionHandler(failure -> round.tryFail(failure));
    }

    /**
     * Until {@link System#nanoTime} is {@code end}.
     *
     * @return how many answers came
     */
    Future<Long> ask(long end) {
        Promise<Long> asked = Promise.promise();
        loop.runOnContext(now -> {
            this.end = end;
            answers = 0;
            round = asked;
            socket.write(request);
        });
        return asked.future();
    }

    private void read(Buffer part) {
        answer = answer.length() == 0 ? part : answer.appendBuffer(part);
        if (bytesOfAnswer == UNKNOWN) {
            bytesOfAnswer = bytes(answer);
        }
        if (bytesOfAnswer == UNKNOWN || answer.length() < bytesOfAnswer) {
            return;
        }
        if (answer.length() > bytesOfAnswer) {
            round.tryFail("more bytes than the answer has: " + answer);
            return;
        }
        answer = Buffer.buffer();
        bytesOfAnswer = UNKNOWN;
        answers++;
        if (System.nanoTime() - end >= 0) {
            round.tryComplete(answers);
        } else {
            socket.write(request);
        }
    }

    /** Of the whole answer; unknown as long as its head is not complete. */
    private int bytes(Buffer answer) {
        String text = answer.getString(0, Math.min(answer.length(), 1024), StandardCharsets.ISO_8859_1.name());
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return UNKNOWN;
        }
        if (!text.startsWith(expected)) {
            round.tryFail("answered " + text);
        }
        String lower = text.substring(0, head).toLowerCase(Locale.ROOT);
        int length = lower.indexOf(LENGTH);
        if (length < 0 && !expected.contains("304")) {
            round.tryFail("an answer without a length: " + text);
        }
        int digits = length + LENGTH.length();
        int line = lower.indexOf("\r\n", digits);
        int body = length < 0 || expected.contains("304")
                ? 0
                : Integer.parseInt(lower.substring(digits, line < 0 ? lower.length() : line)
                        .trim());
        return head + 4 + body;
    }
}
