package dev.turnout.worker.write;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.write.Write.Op;
import dev.turnout.worker.write.WriteBoard.Claimed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Performs one write in a process of its own, to be killed; tries again for as long as the other side is locked. */
final class ChildWriter {
    private ChildWriter() {}

    static Claimed claimed() {
        Write write = new Write(
                Side.OLD,
                "people",
                Op.UPSERT,
                Map.of("id", "1"),
                Map.of("name", Optional.of("Ada"), "born", Optional.of("1815-12-10"), "live", Optional.of("true")));
        return new Claimed(1, 7, "old", Phase.ROLLING_OUT, "the key", write, 1);
    }

    /** @param log takes what it says: on our own output the build's tool speaks with this process */
    static Process start(TestDatabase old, TestDatabase fresh, Path log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildWriter.class.getName(),
                        old.url(),
                        fresh.url(),
                        old.user(),
                        old.password()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    public static void main(String[] args) throws SQLException {
        Database old = open("old", args[0], args);
        Database fresh = open("new", args[1], args);
        Site site = new Site(CounterpartTest.spec(), 7, 1, 0, "child", old, Clock.systemUTC());
        while (true) {
            try {
                new DualWrite(site, fresh, claimed()).perform();
                return;
            } catch (SQLException e) {
                if (!"55P03".equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    private static Database open(String name, String url, String[] args) {
        return Database.open(new ConnectionSettings(name, url, args[2], args[3], "the test"), 1);
    }
}
