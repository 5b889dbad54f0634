package dev.turnout.worker.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** A process of its own that keeps a server, writes into it, says so, and waits to be killed. */
final class ChildServer {
    static final String READY = "ready ";

    private ChildServer() {}

    public static void main(String[] args) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.keep(Path.of(args[0]), 0);
                Connection connection =
                        DriverManager.getConnection(postgres.url("postgres"), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (x int)");
            statement.execute("INSERT INTO kept VALUES (42)");
            System.out.println(READY + postgres.port());
            // Ends with the test that reads from us, should it fail to kill us.
            System.in.read();
        }
    }
}
