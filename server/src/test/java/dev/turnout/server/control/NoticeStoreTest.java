package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Flag;
import dev.turnout.server.control.NoticeStore.Delivery;
import dev.turnout.server.control.NoticeStore.Due;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NoticeStoreTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    private ControlFixture control;

    @BeforeEach
    void open() throws SQLException {
        control = ControlFixture.open();
        await(control.flags.create(Flag.create("f"), BY_TEST));
    }

    @AfterEach
    void close() throws SQLException {
        control.close();
    }

    private void put(Notice notice) {
        await(control.control.transaction(tx -> control.notices.put(tx, notice)));
    }

    private static Notice notice(String text) {
        return Notice.of(Notice.Kind.ALERTED, "f", text);
    }

    private List<Due> claim(String server) {
        return await(control.notices.claim(server, List.of("webhook", "slack"), LEASE, 10));
    }

    private List<NoticeStore.Entry> all() {
        return await(control.notices.page(new Window<>(Long.MAX_VALUE, 100, Set.of()), Optional.empty()));
    }

    @Test
    void a_notice_is_made_with_what_it_tells_or_not_at_all() {
        await(control.notices.serve("webhook"));
        assertThatThrownBy(() -> await(control.control.transaction(tx -> control.notices
                        .put(tx, notice("undone"))
                        .compose(put -> Future.failedFuture(new Refused("no"))))))
                .isInstanceOf(Refused.class);
        assertThat(all()).isEmpty();
        assertThat(claim("a")).isEmpty();
    }

    @Test
    void it_goes_to_the_targets_that_servers_are_set_to_and_to_none_from_before() throws SQLException {
        put(notice("nobody listens"));
        await(control.notices.serve("webhook"));
        put(notice("one listens"));
        control.database.execute("UPDATE notice_target SET seen_at = seen_at - interval '25 hours'");
        await(control.notices.serve("slack"));
        put(notice("the other listens"));

        assertThat(claim("a"))
                .extracting(due -> due.made().notice().text() + " to " + due.target())
                .containsExactly("one listens to webhook", "the other listens to slack");
        assertThat(all()).hasSize(3);
    }

    @Test
    void a_delivery_is_one_servers_until_its_lease_is_over_and_only_the_latest_may_finish_it() throws SQLException {
        await(control.notices.serve("webhook"));
        put(notice("once"));
        Due first = claim("a").get(0);
        assertThat(claim("b")).isEmpty();
        control.database.execute("UPDATE delivery SET free_at = clock_timestamp()");
        Due second = claim("b").get(0);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.made()).isEqualTo(first.made());

        await(control.notices.giveUp(first, "late"));
        await(control.notices.postpone(first, Duration.ZERO, "late"));
        assertThat(all().get(0).deliveries()).containsExactly(new Delivery("webhook", "WAITING", 2, ""));
        await(control.notices.delivered(second));
        assertThat(all().get(0).deliveries()).containsExactly(new Delivery("webhook", "DELIVERED", 2, ""));
        assertThat(claim("a")).isEmpty();
    }

    @Test
    void what_is_to_be_told_once_is() {
        put(notice("first").once("x"));
        put(notice("second").once("x"));
        put(notice("third").once("y"));
        put(notice("fourth"));

        assertThat(all()).extracting(entry -> entry.made().notice().text()).containsExactly("fourth", "third", "first");
    }
}
