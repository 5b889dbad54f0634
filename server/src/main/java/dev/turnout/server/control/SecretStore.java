package dev.turnout.server.control;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;

/** Random secrets that the servers of an installation share; each is made by the first that needs it. Thread-safe. */
public final class SecretStore {
    static final String MAKE = "INSERT INTO secret (name, value, created_at) VALUES (?, decode(?, 'hex'), ?)"
            + " ON CONFLICT (name) DO NOTHING";
    static final String FIND = "SELECT encode(value, 'hex') AS value FROM secret WHERE name = ?";

    private static final int BYTES = 32;

    private final ControlDatabase database;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param clock business time */
    public SecretStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The secret of that name, 32 bytes. */
    public Future<byte[]> secret(String name) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return database.transaction(
                        tx -> tx.change(MAKE, name, HexFormat.of().formatHex(bits), Columns.bind(clock.instant()))
                                .compose(made -> tx.first(FIND, row -> Columns.text(row, "value"), name)))
                .map(found -> HexFormat.of().parseHex(found.orElseThrow()));
    }
}
