package dev.turnout.server.settings;

import dev.turnout.worker.monitor.PrometheusSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what monitors in PromQL ask: {@code --prometheus name=url} and {@code TURNOUT_PROMETHEUS_<NAME>_URL}, with
 * {@code …_USER} and {@code …_PASSWORD}, or {@code …_TOKEN}, where it wants to know who asks. In a variable, {@code main-eu} is
 * {@code MAIN_EU}.
 */
final class PrometheusReader {
    private static final String VARIABLE_PREFIX = "TURNOUT_PROMETHEUS_";
    private static final Pattern OPTION = Pattern.compile("([A-Za-z][A-Za-z0-9_-]{0,62})=(.+)");
    private static final Pattern VARIABLE = Pattern.compile(VARIABLE_PREFIX + "([A-Z][A-Z0-9_]{0,62})_URL");

    private final Map<String, String> environment;
    private final List<String> problems;

    PrometheusReader(Map<String, String> environment, List<String> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    Map<String, PrometheusSettings> read(List<String> options) {
        Map<String, PrometheusSettings> all = new TreeMap<>();
        environment.forEach((variable, url) -> {
            Matcher matcher = VARIABLE.matcher(variable);
            if (matcher.matches() && !url.isBlank()) {
                add(all, matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-'), url.strip(), variable);
            }
        });
        for (String option : options) {
            Matcher matcher = OPTION.matcher(option);
            if (!matcher.matches()) {
                problems.add("--prometheus must be name=http://host:9090");
            } else {
                add(all, matcher.group(1), matcher.group(2), "--prometheus " + matcher.group(1));
            }
        }
        return all;
    }

    private void add(Map<String, PrometheusSettings> all, String name, String url, String setting) {
        String prefix = VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        try {
            all.put(
                    name,
                    PrometheusSettings.of(
                            name,
                            url,
                            environment.getOrDefault(prefix + "_USER", ""),
                            environment.getOrDefault(prefix + "_PASSWORD", ""),
                            environment.getOrDefault(prefix + "_TOKEN", ""),
                            setting));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
    }
}
