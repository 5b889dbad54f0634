package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.util.BitSet;
import java.util.Collection;

/**
 * A set of units, each known only by its bucket: no personal data, at most 12.5 kB. Two units of one bucket count once.
 * Immutable and thread-safe.
 */
public final class Units {
    public static final Units NONE = new Units(new BitSet());

    private final BitSet buckets;

    private Units(BitSet buckets) {
        this.buckets = buckets;
    }

    /** @throws IllegalArgumentException when a number is no bucket, that is not from 0 to 99 999 */
    public static Units of(Collection<Integer> buckets) {
        BitSet bits = new BitSet();
        for (int bucket : buckets) {
            if (bucket < 0 || bucket >= Weight.WHOLE) {
                throw new IllegalArgumentException("a bucket is from 0 to 99999, not " + bucket);
            }
            bits.set(bucket);
        }
        return new Units(bits);
    }

    /**
     * Reads what {@link #bytes()} wrote.
     *
     * @throws IllegalArgumentException when there are more buckets than there can be
     */
    public static Units of(byte[] bytes) {
        BitSet bits = BitSet.valueOf(bytes);
        if (bits.length() > Weight.WHOLE) {
            throw new IllegalArgumentException("a bucket is from 0 to 99999, not " + (bits.length() - 1));
        }
        return new Units(bits);
    }

    /** One bit per bucket, little-endian, as {@link BitSet#toByteArray()}. */
    public byte[] bytes() {
        return buckets.toByteArray();
    }

    public int count() {
        return buckets.cardinality();
    }

    public Units and(Units more) {
        if (more.buckets.isEmpty()) {
            return this;
        }
        BitSet union = (BitSet) buckets.clone();
        union.or(more.buckets);
        return new Units(union);
    }

    public Units without(Units less) {
        BitSet rest = (BitSet) buckets.clone();
        rest.andNot(less.buckets);
        return new Units(rest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Units units && units.buckets.equals(buckets);
    }

    @Override
    public int hashCode() {
        return buckets.hashCode();
    }

    @Override
    public String toString() {
        return count() + " units";
    }
}
