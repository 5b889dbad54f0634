package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.expand.Blueprint.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run would find where a {@code make} step is to make something. Texts are for operators.
 *
 * @param differences each with what should be and what is; a run would refuse
 * @param makesNothing the statement changes nothing that an adoption could go by
 * @param mends invalid indexes that a run would build again
 * @param forGood what a run would make and no rollback takes away
 */
public record Adoption(
        String title, List<String> differences, boolean makesNothing, List<String> mends, List<String> forGood) {
    public Adoption {
        differences = List.copyOf(differences);
        mends = List.copyOf(mends);
        forGood = List.copyOf(forGood);
    }

    /** Of every {@code make} step. The caller's transaction must be rolled back. */
    public static List<Adoption> of(Connection connection, List<ExpandStep> expand) throws SQLException {
        Blueprint blueprint = Blueprint.derive(connection, expand);
        Inventory live = blueprint.live(connection);
        List<Adoption> adoptions = new ArrayList<>();
        for (ExpandStep step : expand) {
            if (step instanceof ExpandStep.Make make) {
                adoptions.add(of(blueprint, make, live));
            }
        }
        return adoptions;
    }

    private static Adoption of(Blueprint blueprint, ExpandStep.Make step, Inventory live) {
        Verdict verdict = blueprint.judge(step, live);
        List<String> forGood = verdict instanceof Verdict.Missing
                ? blueprint.made(step).stream()
                        .filter(object -> object.drop().isEmpty())
                        .map(SchemaObject::words)
                        .toList()
                : List.of();
        return new Adoption(
                step.title(),
                verdict instanceof Verdict.Differs differs ? differs.differences() : List.of(),
                blueprint.of(step).definitions().isEmpty(),
                verdict instanceof Verdict.Invalid invalid
                        ? List.of(invalid.index().words())
                        : List.of(),
                forGood);
    }
}
