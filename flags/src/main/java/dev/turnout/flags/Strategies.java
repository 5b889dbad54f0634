package dev.turnout.flags;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Makes conditions of clauses. Implementations are found by ServiceLoader and thread-safe. */
public interface Strategies {
    /**
     * The condition of a clause; empty when no strategy of that id is installed here.
     *
     * @param flag key of the flag that has the clause
     * @throws IllegalArgumentException says what is wrong with the parameters
     */
    Optional<Condition> condition(String flag, Clause clause);

    /** All that this process has. */
    static Strategies installed() {
        return Installed.ALL;
    }

    /** Loaded once, at the first flag that has a clause. */
    final class Installed {
        private static final Strategies ALL = all();

        private Installed() {}

        private static Strategies all() {
            List<Strategies> found = ServiceLoader.load(Strategies.class, Strategies.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();
            return (flag, clause) -> found.stream()
                    .flatMap(each -> each.condition(flag, clause).stream())
                    .findFirst();
        }
    }
}
