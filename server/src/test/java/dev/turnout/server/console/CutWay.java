package dev.turnout.server.console;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.control.ControlSettings;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way to the control database on which answers can get stuck: it answers no more, and has not gone away either. */
final class CutWay {
    private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

    private final Vertx vertx = Vertx.vertx();
    /** In a field: one that nobody refers to any more is closed. */
    private final NetClient client = vertx.createNetClient();

    private final Set<NetSocket> answers = ConcurrentHashMap.newKeySet();
    private volatile boolean stuck;

    ControlSettings over(ControlSettings settings) {
        Matcher address = ADDRESS.matcher(settings.jdbcUrl());
        assertThat(address.find()).isTrue();
        String host = address.group(1);
        int port = Integer.parseInt(address.group(2));
        NetServer way = await(vertx.createNetServer()
                .connectHandler(near -> {
                    near.pause();
                    client.connect(port, host).onSuccess(far -> {
                        answers.add(far);
                        near.handler(far::write);
                        far.handler(near::write);
                        near.closeHandler(closed -> far.close());
                        far.closeHandler(closed -> near.close());
                        near.resume();
                        if (stuck) {
                            far.pause();
                        }
                    });
                })
                .listen(0, "127.0.0.1"));
        return new ControlSettings(
                settings.jdbcUrl().replace(host + ":" + port, "127.0.0.1:" + way.actualPort()),
                settings.user(),
                settings.secret(),
                settings.poolSize());
    }

    void stick() {
        stuck = true;
        answers.forEach(NetSocket::pause);
    }

    void flow() {
        stuck = false;
        answers.forEach(NetSocket::resume);
    }

    void close() {
        await(vertx.close());
    }
}
