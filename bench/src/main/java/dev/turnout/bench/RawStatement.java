package dev.turnout.bench;

import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A statement over a range, issued as a transaction of its own with nothing of the engine around it. Not thread-safe. */
final class RawStatement implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement statement;
    private final Cpu cpu;

    private RawStatement(Connection connection, PreparedStatement statement, Cpu cpu) {
        this.cpu = cpu;
        this.connection = connection;
        this.statement = statement;
    }

    /** @param sql with two parameters, the bounds */
    static RawStatement of(Rig rig, String sql) throws SQLException {
        return of(rig, rig.raw(), sql);
    }

    /** As the other one, on a server that would share the statement among several processes as well. */
    static RawStatement ofOneProcess(Rig rig, String sql) throws SQLException {
        Connection connection = rig.raw();
        if (!rig.dialect().mysql()) {
            Sql.run(connection, "SET max_parallel_workers_per_gather = 0");
        }
        return of(rig, connection, sql);
    }

    private static RawStatement of(Rig rig, Connection connection, String sql) throws SQLException {
        return new RawStatement(connection, connection.prepareStatement(sql), Cpu.of(rig, connection));
    }

    /** Of its session. */
    Cpu cpu() {
        return cpu;
    }

    /** @return nanoseconds that it took */
    long issue(Range range) throws SQLException {
        long begun = System.nanoTime();
        statement.setLong(1, range.lo());
        statement.setLong(2, range.hi());
        statement.execute();
        return System.nanoTime() - begun;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
