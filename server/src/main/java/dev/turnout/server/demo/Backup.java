package dev.turnout.server.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Copies the reservations out before their old columns go: enough to bring those back by hand. */
final class Backup {
    private final Path file;

    Backup(Path file) {
        this.file = file;
    }

    /** Takes a second for 200 000 rows; says where it is and what is in it. */
    String take(DataSource database) throws SQLException, IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        long rows;
        try (Connection connection = database.getConnection();
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(next))) {
            rows = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY reservations TO STDOUT (FORMAT csv, HEADER)", out);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return file + ", " + rows + " reservations";
    }
}
