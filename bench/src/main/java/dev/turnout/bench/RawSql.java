package dev.turnout.bench;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the engine is measured against: statements that anybody might write, over the ids above {@code ?} up to {@code ?}. */
final class RawSql {
    private static final String OLD_IN_RANGE = "old.id > ? AND old.id <= ?";

    private RawSql() {}

    /** The very statement of the engine's batches, safe against concurrent writers by itself. */
    static String move(Rig rig) throws SQLException {
        return rig.site(0).database().readOnly(Limits.BOOKKEEPING, connection -> {
            if (rig.spec().transfers().isEmpty()) {
                Mapping mapping = Mapping.of(connection, rig.spec().moves().get(0));
                return "UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments() + " WHERE " + OLD_IN_RANGE
                        + " AND " + mapping.differs();
            }
            TransferSql sql = TransferSql.of(
                    connection, rig.spec(), rig.spec().transfers().get(0));
            return sql.writes()
                    .upsert(OLD_IN_RANGE, rig.dialect().mysql() ? rig.dialect().shareLock() : "FOR SHARE OF old");
        });
    }

    /**
     * What a checksum of two copies of a table asks one of them: count, xor and sum of a 64-bit hash of its rows, over an
     * encoding that tells NULL from every text and one column from the next.
     */
    static String hashScan(Rig rig) {
        Set<String> columns = rig.spec().transfers().isEmpty()
                ? rig.spec().moves().get(0).up().keySet()
                : rig.spec().transfers().get(0).up().keySet();
        List<String> texts = Stream.concat(Stream.of("id"), columns.stream())
                .distinct()
                .map(column -> rig.dialect().asText("t." + quote(column)))
                .toList();
        return "SELECT count(*), bit_xor(h), sum(h) FROM (SELECT "
                + (rig.dialect().mysql() ? mysqlHash(texts) : hash(texts)) + " AS h FROM "
                + rig.workload().target() + " AS t WHERE t.id > ? AND t.id <= ?) AS hashes";
    }

    private static String hash(List<String> texts) {
        String whole = texts.stream()
                .map(text -> "coalesce(octet_length(" + text + ") || ':' || " + text + ", '-')")
                .collect(joining(" || ',' || "));
        return "('x' || substr(md5(" + whole + "), 1, 16))::bit(64)::bigint";
    }

    private static String mysqlHash(List<String> texts) {
        String whole = texts.stream()
                .map(text -> "CONVERT(" + text + " USING utf8mb4)")
                .map(text -> "coalesce(concat(octet_length(" + text + "), ':', " + text + "), '-')")
                .collect(joining(", ',', ", "concat(", ")"));
        return "CAST(CAST(conv(substr(md5(" + whole + "), 1, 16), 16, 10) AS UNSIGNED) AS SIGNED)";
    }
}
