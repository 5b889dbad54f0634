package dev.turnout.server;

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

/** A way to the control database that can be cut and mended. */
public final class Line implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

    private final Vertx vertx = Vertx.vertx();
    /** In a field: one that nobody can reach is closed. */
    private final NetClient client = vertx.createNetClient();

    private final Set<NetSocket> ends = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("NullAway.Init") // made with the way
    private NetServer way;

    private String host = "";
    private int port;
    private int here;

    /** The same database, by this way; for {@link ServerFixture#start}. */
    public ControlSettings over(ControlSettings settings) {
        Matcher address = ADDRESS.matcher(settings.jdbcUrl());
        assertThat(address.find()).isTrue();
        host = address.group(1);
        port = Integer.parseInt(address.group(2));
        mend();
        here = way.actualPort();
        return new ControlSettings(
                settings.jdbcUrl().replace(host + ":" + port, "127.0.0.1:" + here),
                settings.user(),
                settings.secret(),
                settings.poolSize());
    }

    public void cut() {
        await(way.close());
        ends.forEach(NetSocket::close);
        ends.clear();
    }

    public void mend() {
        way = await(vertx.createNetServer()
                .connectHandler(near -> {
                    near.pause();
                    ends.add(near);
                    client.connect(port, host).onSuccess(far -> {
                        near.pipeTo(far);
                        far.pipeTo(near);
                        near.resume();
                    });
                })
                .listen(here, "127.0.0.1"));
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
