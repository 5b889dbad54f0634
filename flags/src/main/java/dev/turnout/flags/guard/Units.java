package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;

/**
 * A set of units, each known only by its bucket: no personal data, at most 12.5 kB. Two units of one bucket count once.
 * Immutable and thread-safe.
 */
public final class Units {
    public static final Units NONE = new Units(new long[0]);

    /** A bit per bucket; the last word is not 0. */
    private final long[] words;

    private final int count;

    private Units(long[] words) {
        int length = words.length;
        while (length > 0 && words[length - 1] == 0) {
            length--;
        }
        this.words = length == words.length ? words : Arrays.copyOf(words, length);
        int bits = 0;
        for (long word : this.words) {
            bits += Long.bitCount(word);
        }
        this.count = bits;
    }

    /** @throws IllegalArgumentException when a number is no bucket, that is not from 0 to 99 999 */
    public static Units of(Collection<Integer> buckets) {
        BitSet bits = new BitSet();
        for (int bucket : buckets) {
            if (bucket < 0) {
                throw noBucket(bucket);
            }
            bits.set(Math.min(bucket, Weight.WHOLE));
        }
        return of(bits);
    }

    /** @throws IllegalArgumentException when there are more buckets than there can be */
    public static Units of(BitSet buckets) {
        if (buckets.length() > Weight.WHOLE) {
            throw noBucket(buckets.length() - 1);
        }
        return new Units(buckets.toLongArray());
    }

    /**
     * Reads what {@link #bytes()} wrote.
     *
     * @throws IllegalArgumentException when there are more buckets than there can be
     */
    public static Units of(byte[] bytes) {
        return of(BitSet.valueOf(bytes));
    }

    private static IllegalArgumentException noBucket(int bucket) {
        return new IllegalArgumentException("a bucket is from 0 to 99999, not " + bucket);
    }

    /** One bit per bucket, little-endian, as {@link BitSet#toByteArray()}. */
    public byte[] bytes() {
        return BitSet.valueOf(words).toByteArray();
    }

    public int count() {
        return count;
    }

    public Units and(Units more) {
        // Within an hour nearly every unit has called: most of the time nothing is added, and nothing copied.
        if (more.countWithout(this) == 0) {
            return this;
        }
        long[] union = Arrays.copyOf(words, Math.max(words.length, more.words.length));
        for (int i = 0; i < more.words.length; i++) {
            union[i] |= more.words[i];
        }
        return new Units(union);
    }

    public Units without(Units less) {
        if (countWithout(less) == count) {
            return this;
        }
        long[] rest = words.clone();
        for (int i = 0; i < Math.min(rest.length, less.words.length); i++) {
            rest[i] &= ~less.words[i];
        }
        return new Units(rest);
    }

    /** How many {@link #without} would leave. */
    public int countWithout(Units less) {
        int common = Math.min(words.length, less.words.length);
        int both = 0;
        for (int i = 0; i < common; i++) {
            both += Long.bitCount(words[i] & less.words[i]);
        }
        return count - both;
    }

    /** Those whose buckets are on the new side at this weight. */
    public Units within(Weight weight) {
        int end = weight.hundredThousandths();
        long[] low = Arrays.copyOf(words, Math.min(words.length, (end + Long.SIZE - 1) / Long.SIZE));
        if (low.length * Long.SIZE > end) {
            low[low.length - 1] &= (1L << (end % Long.SIZE)) - 1;
        }
        return new Units(low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Units units && Arrays.equals(units.words, words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return count + " units";
    }
}
