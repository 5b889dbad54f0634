package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.About;
import dev.turnout.flags.Clause;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Rule;
import dev.turnout.flags.Schedule;
import dev.turnout.flags.Serve;
import dev.turnout.flags.Split;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Variants;
import dev.turnout.flags.Weight;
import dev.turnout.flags.stage.Stage;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlagStoreTest {
    private ControlFixture fixture;
    private FlagStore flags;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        flags = fixture.flags;
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void a_flag_comes_back_as_it_was_stored() {
        Flag flag = new Flag(
                "checkout.v2",
                new Variants(Map.of("old", Map.of("a", List.of(1, 2.5, "x")), "new", Map.of("b", true)), "old", "new"),
                Flag.State.ON,
                new Split(Weight.parse("12.345%"), "seed", Optional.of("tenant")),
                new Targeting(
                        Schedule.ALWAYS,
                        List.of(),
                        List.of(new Rule(
                                "staff",
                                List.of(new Clause(
                                        "turnout-attribute",
                                        Map.of("attribute", "role", "operator", "in", "values", "a\\,b,c"))),
                                Serve.always("new")))),
                Optional.of(Stage.SHADOW),
                Optional.of("errors"),
                new About("team", "notes"),
                0);
        Flag stored = await(flags.create(flag, BY_TEST));
        assertThat(stored).isEqualTo(flag.withVersion(1));
        assertThat(await(flags.find("checkout.v2"))).contains(stored);
        assertThat(await(flags.load()).flag("checkout.v2")).contains(stored);
        assertThat(await(flags.load()).version()).isEqualTo(1);
    }

    @Test
    void twenty_racing_changes_of_one_flag_lose_none_and_leave_no_gap() throws Exception {
        await(flags.create(Flag.create("f"), BY_TEST));
        List<Flag> changed = await(Future.all(IntStream.range(0, 20)
                        .mapToObj(i -> fixture.control.transaction(tx -> flags.update(
                                tx,
                                "f",
                                flag -> flag.withWeight(new Weight(flag.weight().hundredThousandths() + 1)),
                                BY_TEST)))
                        .toList()))
                .list();
        assertThat(changed.stream().map(Flag::version))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(2, 21).boxed().toList());
        assertThat(await(flags.find("f")).orElseThrow().weight()).isEqualTo(new Weight(20));
        assertThat(fixture.database.one("SELECT count(*) FROM audit WHERE action = 'flag.change'"))
                .isEqualTo("20");
    }

    @Test
    void of_twenty_racing_replacements_of_one_version_exactly_one_wins() {
        Flag first = await(flags.create(Flag.create("f"), BY_TEST));
        List<String> results = await(Future.all(IntStream.range(1, 21)
                        .mapToObj(i -> flags.replace(first.withWeight(new Weight(i)), first.version(), BY_TEST)
                                .map("won")
                                .recover(failure -> failure instanceof VersionConflict conflict
                                        ? Future.succeededFuture("lost to " + conflict.current())
                                        : Future.failedFuture(failure)))
                        .toList()))
                .list();
        assertThat(results)
                .containsOnlyOnce("won")
                .filteredOn("lost to 2"::equals)
                .hasSize(19);
    }

    @Test
    void a_flag_is_not_created_twice_and_not_replaced_unseen() {
        await(flags.create(Flag.create("f"), BY_TEST));
        assertThatThrownBy(() -> await(flags.create(Flag.create("f"), BY_TEST)))
                .isInstanceOf(VersionConflict.class)
                .hasMessage("the flag f exists already, at version 1");
        assertThatThrownBy(() -> await(flags.replace(Flag.create("f"), 7, BY_TEST)))
                .isInstanceOf(VersionConflict.class)
                .hasMessage("the flag f is at version 1, not at 7");
        assertThatThrownBy(() -> await(flags.replace(Flag.create("g"), 1, BY_TEST)))
                .isInstanceOf(Unknown.class)
                .hasMessage("there is no flag g");
        assertThat(await(flags.version())).isEqualTo(1);
    }

    @Test
    void a_change_that_changes_nothing_writes_nothing() {
        Flag flag = await(flags.create(Flag.create("f"), BY_TEST));
        Flag same = await(fixture.control.transaction(tx -> flags.update(tx, "f", unchanged -> unchanged, BY_TEST)));
        assertThat(same).isEqualTo(flag);
        assertThat(await(flags.version())).isEqualTo(1);
    }

    @Test
    void a_change_is_audited_with_what_was_before_and_after() {
        Flag flag = await(flags.create(Flag.create("f"), BY_TEST));
        fixture.clock.pass(Duration.ofHours(1));
        await(flags.replace(flag.withWeight(Weight.parse("5%")), 1, new Change("ann", "first step")));
        AuditEntry entry =
                await(fixture.audit.newestOf("flag:f", Long.MAX_VALUE, 10)).get(0);
        assertThat(entry.at()).isEqualTo(fixture.clock.instant());
        assertThat(entry.action()).isEqualTo("flag.change");
        assertThat(entry.change()).isEqualTo(new Change("ann", "first step"));
        assertThat(Json.read(entry.before().orElseThrow(), Flag.class).weight()).isEqualTo(Weight.NONE);
        assertThat(Json.read(entry.after().orElseThrow(), Flag.class).weight()).isEqualTo(Weight.parse("5%"));
        assertThat(await(fixture.audit.newest(entry.id(), 10))).hasSize(1);
    }
}
