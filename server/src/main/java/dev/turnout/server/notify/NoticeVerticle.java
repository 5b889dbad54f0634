package dev.turnout.server.notify;

import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.NoticeStore.Due;
import dev.turnout.server.settings.Notifying;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for notices that are to be delivered, each second, and delivers them. Any number of servers may run it: a delivery
 * is claimed by one of them at a time. A receiver may hear of a notice twice, when a server died before it could say that
 * it had been delivered; it has the same id then.
 */
public final class NoticeVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeVerticle.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    /** Longer than an attempt takes. */
    private static final Duration LEASE = Duration.ofMinutes(1);
    /** That this server sends to its targets; it counts for a day. */
    private static final Duration SAY_AGAIN = Duration.ofHours(1);

    private static final int AT_ONCE = 10;

    private final NoticeStore notices;
    private final Map<String, Target> targets;
    private final String server;
    private final InstantSource real;
    private final MeterRegistry registry;
    private final AtomicLong waiting = new AtomicLong();
    private Post post;
    private Instant said = Instant.MIN;
    private long timer = -1;
    private boolean stopping;
    private Future<Void> underWay = Future.succeededFuture();

    /**
     * @param server name of this process, for people
     * @param real real time: receivers hold a signature against their clocks
     */
    @SuppressWarnings("NullAway.Init") // start() sets it
    public NoticeVerticle(
            NoticeStore notices, Notifying where, String server, InstantSource real, MeterRegistry registry) {
        this.notices = notices;
        this.server = server;
        this.real = real;
        this.registry = registry;
        List<Target> all = new ArrayList<>();
        where.webhook().map(SignedWebhook::new).ifPresent(all::add);
        where.slack().map(Slack::new).ifPresent(all::add);
        this.targets = all.stream().collect(Collectors.toMap(Target::name, Function.identity()));
    }

    /** From here on notices are made with a delivery to each target; those from before are not delivered. */
    @Override
    public Future<?> start() {
        post = new Post(vertx);
        Gauge.builder("turnout.notifications.waiting", waiting, AtomicLong::get)
                .description("deliveries of notifications that are still to be made, by all servers")
                .register(registry);
        return sayTargets().onSuccess(ready -> arm(PERIOD));
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        return post.close().eventually(() -> underWay);
    }

    private void arm(Duration pause) {
        if (!stopping) {
            timer = vertx.setTimer(pause.toMillis(), fired -> {
                Future<Integer> round = round();
                underWay = round.mapEmpty();
                // There may be more.
                round.onComplete(done -> arm(done.result() == AT_ONCE ? Duration.ofMillis(1) : PERIOD));
            });
        }
    }

    private Future<Void> sayTargets() {
        Instant now = real.instant();
        if (!said.isBefore(now.minus(SAY_AGAIN))) {
            return Future.succeededFuture();
        }
        Future<Void> all = Future.succeededFuture();
        for (String name : targets.keySet()) {
            all = all.compose(before -> notices.serve(name));
        }
        return all.onSuccess(done -> said = now);
    }

    /** Never fails: what fails now is tried again in the next round. */
    private Future<Integer> round() {
        return sayTargets()
                .compose(said -> notices.claim(server, List.copyOf(targets.keySet()), LEASE, AT_ONCE))
                .compose(due -> Future.join(due.stream().map(this::deliver).toList())
                        .compose(done -> notices.waiting())
                        .onSuccess(waiting::set)
                        .map(due.size()))
                .recover(failure -> {
                    LOG.warn("notifications have to wait: {}", failure.toString());
                    return Future.succeededFuture(0);
                });
    }

    private Future<Void> deliver(Due due) {
        Target target = targets.get(due.target());
        return target == null
                ? Future.succeededFuture()
                : post.send(target.uri(), target.message(due.made(), real.instant()))
                        .compose(missed ->
                                missed.map(because -> missed(due, because)).orElseGet(() -> arrived(due)));
    }

    private Future<Void> arrived(Due due) {
        count(due, "delivered");
        return notices.delivered(due);
    }

    private Future<Void> missed(Due due, String because) {
        Optional<Duration> pause = Backoff.after(due.attempt());
        count(due, pause.isPresent() ? "missed" : "given_up");
        LOG.warn(
                "notification {} did not reach {} (attempt {}): {}",
                due.made().id(),
                due.target(),
                due.attempt(),
                because);
        return pause.map(later -> notices.postpone(due, later, because)).orElseGet(() -> notices.giveUp(due, because));
    }

    private void count(Due due, String outcome) {
        Counter.builder("turnout.notifications")
                .description("attempts to deliver notifications")
                .tag("target", due.target())
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }
}
