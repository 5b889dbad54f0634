package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.jdbcclient.JDBCPrepareOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the Vert.x JDBC client does that {@link ControlDatabase} and {@link Tx} are fences against. A test that fails after
 * an upgrade says that a fence can go.
 */
class JdbcFencesTest {
    private static final int POOL_SIZE = 2;

    private final Vertx vertx = Vertx.vertx();
    private TestDatabase database;
    private HikariDataSource hikari;
    private Pool pool;

    @BeforeEach
    void open() throws Exception {
        database = TestPostgres.newDatabase();
        database.execute("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text)");
        hikari = new HikariDataSource(config(POOL_SIZE));
        pool = JDBCPool.pool(vertx, hikari, new PoolOptions().setMaxSize(POOL_SIZE));
    }

    private HikariConfig config(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(size);
        config.addDataSourceProperty("ApplicationName", "fenced");
        return config;
    }

    @AfterEach
    void close() throws Exception {
        await(pool.close());
        hikari.close();
        await(vertx.close());
        database.close();
    }

    @Test
    void after_one_transaction_a_plain_write_reports_success_and_is_lost() throws Exception {
        await(pool.withTransaction(tx -> insert(tx, "in a transaction")));
        int written = await(pool.withConnection(plain -> insert(plain, "plain")));
        assertThat(written).isEqualTo(1);
        assertThat(database.query("SELECT word FROM t")).containsExactly("in a transaction");
    }

    @Test
    void a_setting_that_is_no_text_is_passed_over_by_the_driver() throws Exception {
        HikariConfig config = config(1);
        config.addDataSourceProperty("ApplicationName", 7);
        try (HikariDataSource numbered = new HikariDataSource(config);
                Connection connection = numbered.getConnection();
                ResultSet name = connection.createStatement().executeQuery("SHOW application_name")) {
            name.next();
            assertThat(name.getString(1)).isNotEqualTo("7");
        }
        ControlSettings settings = new ControlSettings(database.url(), database.user(), database.password(), 1);
        assertThat(ControlPool.hikari(settings).getDataSourceProperties().values())
                .allMatch(String.class::isInstance);
    }

    @Test
    void connections_killed_by_the_server_are_handed_out_for_ever() throws Exception {
        occupyEveryConnection();
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fenced'"
                + " AND datname = current_database()");
        for (int i = 0; i < 5 * POOL_SIZE; i++) {
            assertThatThrownBy(() -> await(pool.withTransaction(tx -> insert(tx, "x"))))
                    .isNotNull();
        }
    }

    @Test
    void an_idle_client_holds_all_of_hikaris_connections() {
        occupyEveryConnection();
        assertThat(hikari.getHikariPoolMXBean().getActiveConnections()).isEqualTo(POOL_SIZE);
    }

    @Test
    void a_dollar_placeholder_poisons_the_connection_for_whoever_has_it_next() {
        try (HikariDataSource one = new HikariDataSource(config(1))) {
            Pool single = JDBCPool.pool(vertx, one, new PoolOptions().setMaxSize(1));
            assertThatThrownBy(() -> await(single.withTransaction(
                            tx -> tx.preparedQuery("SELECT CAST($1 AS int)").execute(Tuple.of(1)))))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> await(
                            single.withTransaction(tx -> tx.query("SELECT 1").execute())))
                    .isInstanceOf(IllegalStateException.class);
            await(single.close());
        }
    }

    @Test
    void an_insert_returning_gives_no_rows_unless_generated_keys_are_declined() {
        String sql = "INSERT INTO t (word) VALUES ('x') RETURNING id";
        assertThat(await(pool.withTransaction(tx -> tx.preparedQuery(sql).execute()))
                        .iterator()
                        .hasNext())
                .isFalse();
        JDBCPrepareOptions declined = new JDBCPrepareOptions().setAutoGeneratedKeys(false);
        assertThat(await(pool.withTransaction(
                                tx -> tx.preparedQuery(sql, declined).execute()))
                        .iterator()
                        .next()
                        .getLong("id"))
                .isEqualTo(2);
    }

    @Test
    void a_cursor_that_is_asked_for_ten_rows_loads_all_of_them() {
        int loaded = await(pool.withTransaction(tx -> tx.prepare("SELECT * FROM generate_series(1, 1000)")
                .compose(statement -> statement.cursor().read(10))
                .map(rows -> rows.size())));
        assertThat(loaded).isEqualTo(1000);
    }

    @Test
    void a_timestamptz_is_the_same_instant_in_every_zone_of_the_jvm() {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Seoul"));
            assertThat(await(pool.withTransaction(
                                    tx -> tx.preparedQuery("SELECT CAST('2026-01-05T09:00:00Z' AS timestamptz) AS at")
                                            .execute()))
                            .iterator()
                            .next()
                            .getOffsetDateTime("at")
                            .toInstant())
                    .hasToString("2026-01-05T09:00:00Z");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private void occupyEveryConnection() {
        List<Future<Integer>> all = IntStream.range(0, POOL_SIZE)
                .mapToObj(i -> pool.withTransaction(
                        tx -> tx.query("SELECT pg_sleep(0.1)").execute().map(1)))
                .toList();
        await(Future.all(all));
    }

    private static Future<Integer> insert(SqlConnection connection, String word) {
        return connection
                .preparedQuery("INSERT INTO t (word) VALUES (?)")
                .execute(Tuple.of(word))
                .map(rows -> rows.rowCount());
    }
}
