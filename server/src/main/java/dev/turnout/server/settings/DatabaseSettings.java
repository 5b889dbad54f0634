package dev.turnout.server.settings;

import dev.turnout.worker.jdbc.ConnectionSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the connections of the migrated databases: {@code --database name=url} and {@code TURNOUT_DB_<NAME>_URL}, with
 * user and password from {@code TURNOUT_DB_<NAME>_USER} and {@code …_PASSWORD} unless the URL has them. In a variable,
 * {@code clinic-eu} is {@code CLINIC_EU}.
 */
final class DatabaseSettings {
    private static final Pattern OPTION = Pattern.compile("([A-Za-z][A-Za-z0-9_-]{0,62})=(.+)");
    private static final Pattern VARIABLE = Pattern.compile("TURNOUT_DB_([A-Z][A-Z0-9_]{0,62})_URL");

    private final Map<String, String> environment;
    private final List<String> problems;

    DatabaseSettings(Map<String, String> environment, List<String> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    Map<String, ConnectionSettings> read(List<String> options) {
        Map<String, ConnectionSettings> databases = new TreeMap<>();
        environment.forEach((variable, url) -> {
            Matcher matcher = VARIABLE.matcher(variable);
            if (matcher.matches() && !url.isBlank()) {
                add(databases, matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-'), url.strip(), variable);
            }
        });
        for (String option : options) {
            Matcher matcher = OPTION.matcher(option);
            if (!matcher.matches()) {
                problems.add("--database must be name=jdbc:postgresql://host:port/database (or name=jdbc:mysql://…)");
            } else {
                add(databases, matcher.group(1), matcher.group(2), "--database " + matcher.group(1));
            }
        }
        return databases;
    }

    private void add(Map<String, ConnectionSettings> databases, String name, String url, String setting) {
        String prefix = "TURNOUT_DB_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        try {
            databases.put(
                    name,
                    new ConnectionSettings(
                            name,
                            migrated(url, setting),
                            environment.getOrDefault(prefix + "_USER", ""),
                            environment.getOrDefault(prefix + "_PASSWORD", ""),
                            setting));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
    }

    /**
     * PostgreSQL, MySQL or MariaDB. The last is reached by the driver of MySQL, whose parameters are other ones than those of
     * MariaDB's own.
     *
     * @throws IllegalArgumentException naming the setting, without the URL: it may hold a password
     */
    private static String migrated(String url, String setting) {
        if (url.startsWith("jdbc:mariadb:")) {
            if (url.indexOf('?') >= 0) {
                throw new IllegalArgumentException(setting
                        + " has parameters of MariaDB's driver: write jdbc:mysql://… with those of MySQL Connector/J");
            }
            return "jdbc:mysql:" + url.substring("jdbc:mariadb:".length());
        }
        return url.startsWith("jdbc:mysql:") ? url : postgresql(url, setting);
    }

    /** @throws IllegalArgumentException naming the setting, without the URL: it may hold a password */
    static String postgresql(String url, String setting) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    setting + " must be a JDBC URL such as jdbc:postgresql://host:5432/name");
        }
        return url;
    }
}
