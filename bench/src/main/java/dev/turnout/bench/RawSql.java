package dev.turnout.bench;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the engine is measured against: statements that anybody might write, over the ids above {@code ?} up to {@code ?}. */
final class RawSql {
    private static final String OLD_IN_RANGE = "old.id > ? AND old.id <= ?";

    private RawSql() {}

    /** The very statement of the engine's batches. */
    static String move(Rig rig) throws SQLException {
        return rig.site(0).database().readOnly(Limits.BOOKKEEPING, connection -> {
            if (!rig.spec().transfers().isEmpty()) {
                return TransferSql.of(
                                connection, rig.spec(), rig.spec().transfers().get(0))
                        .upsert(OLD_IN_RANGE, "FOR SHARE OF old");
            }
            Mapping mapping = Mapping.of(connection, rig.spec().moves().get(0));
            return "UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments() + " WHERE " + OLD_IN_RANGE
                    + " AND " + mapping.differs();
        });
    }

    /** The least that tells two copies of a table apart, of one of them: count, xor and sum of the hashes of its rows. */
    static String hashScan(Rig rig) {
        Set<String> columns = rig.spec().transfers().isEmpty()
                ? rig.spec().moves().get(0).up().keySet()
                : rig.spec().transfers().get(0).up().keySet();
        String hash = rig.dialect()
                .hash(Stream.concat(Stream.of("id"), columns.stream())
                        .distinct()
                        .map(column -> rig.dialect().asText("t." + quote(column)))
                        .collect(Collectors.toList()));
        return "SELECT count(*), bit_xor(h), sum(h) FROM (SELECT " + hash + " AS h FROM "
                + rig.workload().target() + " AS t WHERE t.id > ? AND t.id <= ?) AS hashes";
    }
}
