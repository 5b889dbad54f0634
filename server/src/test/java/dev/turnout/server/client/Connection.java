package dev.turnout.server.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between a client and a server, which can be cut, or freeze so that nobody is told. */
final class Connection implements AutoCloseable {
    private final ServerSocket listening;
    private final URI server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean frozen;
    private volatile boolean lost;

    Connection(URI server) throws IOException {
        this.server = server;
        this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        background(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** From now on nothing gets through, and both sides notice. */
    void cut() {
        cut = true;
        sockets.forEach(Connection::quietly);
    }

    /** From now on nothing gets through on the connections that there are, and nobody notices. */
    void freeze() {
        frozen = true;
    }

    /** Whether something that the server sent got lost on a frozen connection. */
    boolean lost() {
        return lost;
    }

    void mend() {
        cut = false;
        frozen = false;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                Socket behind = new Socket(server.getHost(), server.getPort());
                sockets.add(client);
                sockets.add(behind);
                background(() -> pump(client, behind));
                background(() -> pump(behind, client));
            } catch (IOException e) {
                // The test ended, or the server is gone: the client sees a closed connection.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[8192];
        boolean dead = false;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                dead |= frozen;
                if (dead && from.getPort() == server.getPort()) {
                    lost = true;
                }
                if (!dead) {
                    out.write(piece, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // Cut.
        }
    }

    private static void background(Runnable work) {
        Thread thread = new Thread(work, "connection");
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
