package dev.turnout.server.demo;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long things took: a histogram with buckets 10 % apart, from 10 µs. Thread-safe. */
final class Latencies {
    private static final double RATIO = 1.1;
    private static final double SMALLEST_MICROS = 10;

    /** 10 µs · 1.1^159 is 38 s. */
    private final AtomicLongArray buckets = new AtomicLongArray(160);

    private final AtomicLong worstNanos = new AtomicLong();

    void add(long nanos) {
        double micros = nanos / 1000.0;
        int bucket =
                micros <= SMALLEST_MICROS ? 0 : (int) Math.ceil(Math.log(micros / SMALLEST_MICROS) / Math.log(RATIO));
        buckets.incrementAndGet(Math.min(bucket, buckets.length() - 1));
        worstNanos.accumulateAndGet(nanos, Math::max);
    }

    long count() {
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            sum += buckets.get(i);
        }
        return sum;
    }

    Duration worst() {
        return Duration.ofNanos(worstNanos.get());
    }

    /** Not above this for the given share of all; at most 10 % too high; zero when there was nothing. */
    Duration quantile(double share) {
        long wanted = (long) Math.ceil(share * count());
        long seen = 0;
        for (int i = 0; i < buckets.length() && wanted > 0; i++) {
            seen += buckets.get(i);
            if (seen >= wanted) {
                Duration bound = Duration.ofNanos((long) (SMALLEST_MICROS * Math.pow(RATIO, i) * 1000));
                return bound.compareTo(worst()) < 0 ? bound : worst();
            }
        }
        return Duration.ZERO;
    }
}
