package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Bucket;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Weight;
import dev.turnout.flags.client.ClientSettings;
import dev.turnout.flags.client.TurnoutClient;
import dev.turnout.migration.Phase;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Role;
import dev.turnout.server.control.Specs;
import dev.turnout.worker.run.RunBoard.Claim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running server, two hundred clients with their streams, a release that turns bad, the clock at real speed:
 * {@code -Dtest.excluded=none -Dtest=RollbackReachesEveryClientTest}. Prints how long it took.
 */
@Tag("slow")
class RollbackReachesEveryClientTest {
    private static final int CLIENTS = 200;
    /** Two looks of the guard, and a second for the rest of the way. */
    private static final Duration LONGEST = Duration.ofSeconds(11);

    @Test
    void fromTheFirstBadOutcomeToEveryClientOnTheOldSide(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            Flag flag = onFirstStep(server.control);
            Subject unit = IntStream.iterate(0, i -> i + 1)
                    .mapToObj(i -> new Subject("visit", Map.of("patientId", "P" + i)))
                    .filter(subject -> Bucket.of(
                                    flag.seed(),
                                    subject.bucketingKey(flag.split().bucketBy())
                                            .orElseThrow())
                            < flag.newSide().hundredThousandths())
                    .findFirst()
                    .orElseThrow();
            String token = server.token(Role.EVALUATE, Role.REPORT);
            List<TurnoutClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(TurnoutClient.start(ClientSettings.of(server.uri(), token)));
                }
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> clients.stream()
                        .allMatch(client -> client.on("f", unit)));
                long begun = System.nanoTime();
                long[] sent = {0};
                Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
                    long elapsed = System.nanoTime() - begun;
                    if (elapsed >= sent[0] * 1_000_000_000L) {
                        report(server, token, flag, sent[0]++);
                    }
                    return clients.stream().noneMatch(client -> client.on("f", unit));
                });
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                System.out.printf(
                        "from the first failing outcome reported to each of %d clients at 0 %%: %.1f s (two looks and a"
                                + " second: %d s)%n",
                        CLIENTS, took.toMillis() / 1000.0, LONGEST.toSeconds());
                assertThat(took).isLessThan(LONGEST);
            } finally {
                clients.parallelStream().forEach(TurnoutClient::close);
            }
        }
    }

    private static Flag onFirstStep(ControlFixture control) throws Exception {
        await(control.runs.start(Specs.spec("m", "f"), Specs.BUNDLE, ControlFixture.BY_TEST));
        Claim claim = await(control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0);
        await(control.claims.enter(claim, Phase.CREATED, Phase.ROLLING_OUT, "ready", Map.of()));
        control.database.execute("UPDATE rollout SET step = 0");
        Flag flag = await(control.flags.find("f")).orElseThrow();
        return await(control.flags.replace(flag.withWeight(new Weight(5_000)), flag.version(), ControlFixture.BY_TEST));
    }

    /** A second of calls: every one on the new side fails. */
    private static void report(ServerFixture server, String token, Flag flag, long seq) {
        int from = (int) seq * 30;
        String fresh = numbers(from, from + 30);
        String body = "{\"flag\":\"f\",\"version\":" + flag.version() + ",\"reporter\":\"app\",\"seq\":" + seq
                + ",\"arms\":{\"NEW\":{\"calls\":30,\"failures\":30,\"exposed\":" + fresh + ",\"failed\":" + fresh
                + "},\"OLD\":{\"calls\":570,\"exposed\":" + numbers(10_000 + from, 10_570 + from) + "}}}";
        assertThat(server.callAs(token, "POST", "/api/v1/outcomes", body).code())
                .isEqualTo(202);
    }

    private static String numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}
