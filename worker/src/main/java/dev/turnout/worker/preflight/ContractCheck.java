package dev.turnout.worker.preflight;

import dev.turnout.migration.Contract;
import dev.turnout.migration.Contract.ContractStep;

/** What can be told about the contract long before it runs. */
final class ContractCheck {
    private ContractCheck() {}

    static void run(Contract contract, Findings.Notes notes) {
        boolean beyond = false;
        for (ContractStep step : contract.steps()) {
            if (step.irreversible() && !beyond && step.concurrently()) {
                notes.problem(
                        "contract: " + step.title() + " is the first irreversible step and runs outside a transaction",
                        "put a transactional one first: the sync triggers go in its transaction");
            }
            beyond |= step.irreversible();
            if (!beyond && step.undo().isEmpty()) {
                notes.problem(
                        "contract: " + step.title() + " has neither an undo nor 'irreversible: true'",
                        "give it one of them");
            }
        }
    }
}
