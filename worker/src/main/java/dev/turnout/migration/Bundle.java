package dev.turnout.migration;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A spec as it travels: the YAML file and the files that it names, by the names it uses. Immutable.
 *
 * @param main name of the YAML file, for messages
 * @param files name to content; contains {@code main}; no absolute names, no {@code ..}
 */
public record Bundle(String main, Map<String, String> files) {
    public Bundle {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        if (!files.containsKey(main)) {
            throw new IllegalArgumentException("the bundle lacks its own spec " + main);
        }
        for (String name : files.keySet()) {
            if (name.startsWith("/") || name.contains("..") || name.contains("\\")) {
                throw new IllegalArgumentException("a file of a spec must lie beside it or below: " + name);
            }
        }
    }
}
