package dev.turnout.server.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A member that two documents do not have in common. Pure.
 *
 * @param before empty: it was not there
 * @param after empty: it is not there
 */
record Difference(String name, String before, String after) {
    /** Down to the single values, by their path; {@code version} changes with everything and says nothing. */
    static List<Difference> between(Doc before, Doc after) {
        Map<String, String> was = new LinkedHashMap<>();
        Map<String, String> is = new LinkedHashMap<>();
        flatten(before, "", was);
        flatten(after, "", is);
        TreeSet<String> names = new TreeSet<>(was.keySet());
        names.addAll(is.keySet());
        List<Difference> all = new ArrayList<>();
        for (String name : names) {
            String then = was.getOrDefault(name, "");
            String now = is.getOrDefault(name, "");
            if (!then.equals(now) && !name.equals("version")) {
                all.add(new Difference(name, then, now));
            }
        }
        return all;
    }

    /** Of what the API tells by member, each with what it was before and is after. */
    static List<Difference> ofMembers(List<Doc> members) {
        List<Difference> all = new ArrayList<>();
        for (Doc member : members) {
            for (Difference each : between(member.at("before"), member.at("after"))) {
                String below = each.name().isEmpty() || each.name().startsWith("[") ? each.name() : "." + each.name();
                all.add(new Difference(member.text("member") + below, each.before(), each.after()));
            }
        }
        return all;
    }

    private static void flatten(Doc node, String path, Map<String, String> into) {
        if (node.isObject()) {
            node.members().forEach((name, value) -> flatten(value, path.isEmpty() ? name : path + "." + name, into));
        } else if (node.isList()) {
            List<Doc> values = node.list();
            for (int i = 0; i < values.size(); i++) {
                flatten(values.get(i), path + "[" + (i + 1) + "]", into);
            }
        } else if (!node.isEmpty()) {
            into.put(path, node.text());
        }
    }
}
