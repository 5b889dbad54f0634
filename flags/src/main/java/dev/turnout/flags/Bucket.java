package dev.turnout.flags;

/**
 * Maps a unit to one of 100 000 buckets, as flagd's fractional operator of version 2 does: MurmurHash3 x86 32-bit with
 * seed 0 over the UTF-8 bytes, scaled by multiplication. Allocates nothing: the bytes are hashed as they are encoded.
 */
public final class Bucket {
    private Bucket() {}

    /**
     * The bucket of a unit; equal for ever for equal arguments.
     *
     * @param seed what makes flags independent of each other; flags of one seed share their cohorts
     * @param key of the unit; unpaired surrogates count as {@code ?}
     * @return from 0 to 99 999
     */
    public static int of(String seed, String key) {
        return scale(hash(seed, key));
    }

    static int scale(int hash) {
        return (int) (((hash & 0xffffffffL) * Weight.WHOLE) >>> 32);
    }

    static int hash(String seed, String key) {
        Murmur3 murmur = new Murmur3(); // never leaves this method, so the JIT keeps it in registers
        int length = seed.length() + key.length();
        for (int i = 0; i < length; i++) {
            char c = at(seed, key, i);
            if (c < 0x80) {
                murmur.add(c);
            } else if (c < 0x800) {
                murmur.add(0xc0 | c >> 6);
                murmur.addTrailing(c);
            } else if (!Character.isSurrogate(c)) {
                murmur.add(0xe0 | c >> 12);
                murmur.addTrailing(c >> 6);
                murmur.addTrailing(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < length
                    && Character.isLowSurrogate(at(seed, key, i + 1))) {
                int point = Character.toCodePoint(c, at(seed, key, ++i));
                murmur.add(0xf0 | point >> 18);
                murmur.addTrailing(point >> 12);
                murmur.addTrailing(point >> 6);
                murmur.addTrailing(point);
            } else {
                murmur.add('?');
            }
        }
        return murmur.end();
    }

    private static char at(String seed, String key, int i) {
        return i < seed.length() ? seed.charAt(i) : key.charAt(i - seed.length());
    }

    /** MurmurHash3 x86 32-bit by Austin Appleby (public domain), fed byte by byte. */
    private static final class Murmur3 {
        private int h;
        private int block;
        private int length;

        void add(int octet) {
            block |= (octet & 0xff) << (8 * (length & 3));
            if ((++length & 3) == 0) {
                h = Integer.rotateLeft(h ^ mixed(block), 13) * 5 + 0xe6546b64;
                block = 0;
            }
        }

        /** A further byte of a UTF-8 sequence: the lowest six bits. */
        void addTrailing(int bits) {
            add(0x80 | (bits & 0x3f));
        }

        int end() {
            h ^= mixed(block); // an empty tail mixes to 0
            h ^= length;
            h = (h ^ h >>> 16) * 0x85ebca6b;
            h = (h ^ h >>> 13) * 0xc2b2ae35;
            return h ^ h >>> 16;
        }

        private static int mixed(int k) {
            return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
        }
    }
}
