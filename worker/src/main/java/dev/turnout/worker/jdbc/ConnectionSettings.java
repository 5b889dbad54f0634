package dev.turnout.worker.jdbc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach a database. The password appears in no message: neither {@link #toString()} nor {@link #where()} has it,
 * not even when somebody put it into the URL. Immutable.
 *
 * @param name what specs call the database
 * @param url JDBC URL
 * @param password empty when none is needed
 * @param setting the setting that gave the URL, for messages: {@code --control-db}
 */
public record ConnectionSettings(String name, String url, String user, String password, String setting) {
    private static final Pattern PLACE = Pattern.compile("jdbc:\\w+:(?://([^/?]*)/)?([^?/]*)(?:\\?.*)?");

    public ConnectionSettings {
        if (!PLACE.matcher(url).matches()) {
            throw new IllegalArgumentException(setting
                    + " must be a JDBC URL such as jdbc:postgresql://host:5432/name or jdbc:mysql://host:3306/name");
        }
    }

    /** Of MySQL or MariaDB: one driver serves both. */
    public boolean mysql() {
        return url.startsWith("jdbc:mysql:");
    }

    /** The server is on this machine. */
    boolean loopback() {
        return where().matches("(localhost|127\\.[0-9.]+|\\[::1])(:\\d+)?/.*");
    }

    /** Host, port and database, without credentials: {@code db.example:5432/clinic}. */
    public String where() {
        Matcher place = PLACE.matcher(url);
        if (!place.matches()) {
            throw new AssertionError("checked by the constructor");
        }
        String given = place.group(1) == null ? "localhost" : place.group(1);
        String hosts = given.substring(given.lastIndexOf('@') + 1);
        String usualPort = mysql() ? ":3306" : ":5432";
        return (hosts.contains(":") ? hosts : hosts + usualPort) + "/" + place.group(2);
    }

    @Override
    public String toString() {
        return name + " at " + where() + " as " + user;
    }
}
