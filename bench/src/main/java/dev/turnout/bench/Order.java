package dev.turnout.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What to measure, as the command line says: {@code [postgresql|mysql] [same-table|transfer] [rows] [rounds]}. Whatever is
 * left out means all of it, or the default of the benchmark. Immutable.
 */
record Order(List<Workload> workloads, long rows, int rounds) {
    Order {
        workloads = List.copyOf(workloads);
    }

    /** @throws IllegalArgumentException when there is nothing of the kind */
    static Order of(String[] arguments, long usualRows, int usualRounds) {
        List<String> words = Arrays.stream(arguments)
                .filter(argument -> !argument.matches("\\d+"))
                .toList();
        List<String> numbers = Arrays.stream(arguments)
                .filter(argument -> argument.matches("\\d+"))
                .toList();
        List<Workload> workloads = Arrays.stream(Workload.values())
                .filter(workload ->
                        List.of(workload.product(), workload.shape()).containsAll(words))
                .toList();
        if (workloads.isEmpty() || numbers.size() > 2) {
            throw new IllegalArgumentException("there is no benchmark of '" + String.join(" ", arguments)
                    + "'; there is: " + Arrays.toString(Workload.values()));
        }
        return new Order(
                workloads,
                numbers.isEmpty() ? usualRows : Long.parseLong(numbers.get(0)),
                numbers.size() < 2 ? usualRounds : Integer.parseInt(numbers.get(1)));
    }
}
