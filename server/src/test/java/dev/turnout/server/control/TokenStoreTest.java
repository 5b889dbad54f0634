package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenStoreTest {
    private static final Caller REPORTER = new Caller("app", Set.of(Role.EVALUATE, Role.REPORT));

    private ControlFixture fixture;
    private TokenStore tokens;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        tokens = fixture.tokens;
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void a_token_says_who_shows_it_and_is_nowhere_stored() throws Exception {
        String token = await(tokens.issue(REPORTER, Instant.MAX, BY_TEST));
        assertThat(token).matches("turnout_[A-Za-z0-9_-]{43}");
        assertThat(await(tokens.check(token))).contains(REPORTER);
        assertThat(REPORTER.may(Role.REPORT)).isTrue();
        assertThat(REPORTER.may(Role.OPERATE)).isFalse();
        String secret = token.substring("turnout_".length());
        assertThat(fixture.database.query("SELECT t::text FROM token t UNION ALL SELECT a::text FROM audit a"))
                .hasSize(2)
                .noneMatch(row -> row.contains(secret));
    }

    @Test
    void what_is_unknown_expired_or_revoked_says_nothing() {
        String shortLived = await(tokens.issue(REPORTER, fixture.clock.instant().plus(Duration.ofHours(1)), BY_TEST));
        String revoked = await(tokens.issue(new Caller("old", Set.of(Role.ADMIN)), Instant.MAX, BY_TEST));
        assertThatThrownBy(() -> await(tokens.revoke("old", Optional.empty(), BY_TEST)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("last administrator");
        await(tokens.issue(new Caller("next", Set.of(Role.ADMIN)), Instant.MAX, BY_TEST));
        assertThat(await(tokens.check(shortLived))).isPresent();
        assertThat(await(tokens.check(revoked))).isPresent();
        fixture.clock.pass(Duration.ofHours(1));
        await(tokens.revoke("old", Optional.empty(), BY_TEST));
        for (String token : List.of(shortLived, revoked, shortLived + "x", "turnout_", "", "x".repeat(500))) {
            assertThat(await(tokens.check(token))).as(token).isEmpty();
        }
        assertThat(await(tokens.list("", 10)))
                .extracting(entry -> entry.caller().name())
                .containsExactly("app", "next", "old");
        assertThatThrownBy(() -> await(tokens.revoke("old", Optional.empty(), BY_TEST)))
                .isInstanceOf(Unknown.class);
        assertThatThrownBy(() -> await(tokens.issue(REPORTER, Instant.MAX, BY_TEST)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void a_rotated_token_is_taken_for_a_while_and_the_one_before_it_no_more() {
        String first = await(tokens.issue(REPORTER, Instant.MAX, BY_TEST));
        String second = await(tokens.rotate("app", Optional.of(1L), Duration.ofHours(1), BY_TEST));
        assertThat(await(tokens.check(first))).contains(REPORTER);
        assertThat(await(tokens.check(second))).contains(REPORTER);
        assertThatThrownBy(() -> await(tokens.rotate("app", Optional.of(1L), Duration.ZERO, BY_TEST)))
                .isInstanceOfSatisfying(VersionConflict.class, stale -> assertThat(stale.current())
                        .isEqualTo(2));

        fixture.clock.pass(Duration.ofHours(1));
        assertThat(await(tokens.check(first))).isEmpty();
        assertThat(await(tokens.check(second))).contains(REPORTER);
        String third = await(tokens.rotate("app", Optional.empty(), Duration.ZERO, BY_TEST));
        assertThat(await(tokens.check(second))).isEmpty();
        assertThat(await(tokens.check(first))).isEmpty();
        assertThat(await(tokens.check(third))).contains(REPORTER);
    }

    @Test
    void a_scope_is_a_beginning_of_keys() {
        Caller scoped = new Caller("s", Set.of(Role.OPERATE), Set.of("checkout-", "cart"), OptionalInt.of(7));
        String token = await(tokens.issue(scoped, Instant.MAX, BY_TEST));
        assertThat(await(tokens.check(token))).contains(scoped);
        assertThat(List.of("checkout-", "checkout-new", "cart", "carts")).allMatch(scoped::reaches);
        assertThat(List.of("checkout", "", "search", "new-checkout-")).noneMatch(scoped::reaches);
        assertThat(REPORTER.reaches("anything")).isTrue();
    }

    @Test
    void of_servers_that_start_together_one_makes_the_first_administrator() {
        List<Optional<String>> made = await(Future.all(
                        IntStream.range(0, 5).mapToObj(i -> tokens.firstAdmin()).toList()))
                .list();
        assertThat(made.stream().flatMap(Optional::stream)).hasSize(1).allSatisfy(token -> assertThat(
                        await(tokens.check(token)).orElseThrow().may(Role.OPERATE))
                .isTrue());
        assertThat(await(tokens.firstAdmin())).isEmpty();
    }
}
