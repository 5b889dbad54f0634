package dev.turnout.worker.sync;

import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table with the transfers that concern it: what is written there is carried for all of them by one function. Immutable.
 *
 * @param number among all of them
 * @param transfers ordinals of the transfers, in the order of the spec
 */
record Concerned(int number, Role role, TableName table, List<Integer> transfers) {
    enum Role {
        /** What is written there goes to the new side. */
        FEED,
        /** What is written there goes to the old side. */
        BACK
    }

    Concerned {
        transfers = List.copyOf(transfers);
    }

    boolean feeds() {
        return role == Role.FEED;
    }

    /**
     * Every table with its role, in the order in which their triggers are made: the tables that transfers come from, those
     * that touch them, those that they go into.
     */
    static List<Concerned> all(Spec spec) {
        Map<TableName, List<Integer>> feeding = new LinkedHashMap<>();
        Map<TableName, List<Integer>> filled = new LinkedHashMap<>();
        for (int ordinal = 0; ordinal < spec.transfers().size(); ordinal++) {
            if (!spec.remote(spec.transfers().get(ordinal))) {
                add(feeding, from(spec, spec.transfers().get(ordinal)), ordinal);
            }
        }
        for (int ordinal = 0; ordinal < spec.transfers().size(); ordinal++) {
            Transfer transfer = spec.transfers().get(ordinal);
            if (!spec.remote(transfer)) {
                for (String table : transfer.touchedBy().keySet()) {
                    add(feeding, TableName.of(table).in(spec.place(Side.OLD).schema()), ordinal);
                }
                add(filled, into(spec, transfer), ordinal);
            }
        }
        List<Concerned> all = new ArrayList<>();
        feeding.forEach((table, transfers) -> all.add(new Concerned(
                all.size(), Role.FEED, table, transfers.stream().sorted().toList())));
        filled.forEach((table, transfers) -> all.add(new Concerned(all.size(), Role.BACK, table, transfers)));
        return all;
    }

    private static void add(Map<TableName, List<Integer>> tables, TableName table, int ordinal) {
        List<Integer> transfers = tables.computeIfAbsent(table, name -> new ArrayList<>());
        if (!transfers.contains(ordinal)) {
            transfers.add(ordinal);
        }
    }

    static TableName from(Spec spec, Transfer transfer) {
        return transfer.from().in(spec.place(Side.OLD).schema());
    }

    private static TableName into(Spec spec, Transfer transfer) {
        return spec.into(transfer);
    }
}
