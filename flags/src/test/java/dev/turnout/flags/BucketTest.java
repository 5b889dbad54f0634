package dev.turnout.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors are public: flagd's test bed (facts of its fractional.feature) and those published with the algorithm. */
class BucketTest {
    @ParameterizedTest
    @CsvSource({
        "ejOoVL, 0x00000000, lower",
        "bY9fO-, 0x00000001, lower",
        "SI7p-,  0x7fffffff, lower",
        "6LvT0,  0x80000000, upper",
        "ceQdGm, 0xffffffff, upper",
    })
    void theEdgesOfTheHashFallAsInFlagd(String key, String hash, String half) {
        assertThat(Bucket.hash("", key)).isEqualTo(Long.decode(hash).intValue());
        assertThat(Bucket.of("", key) < 50_000 ? "lower" : "upper").isEqualTo(half);
    }

    @ParameterizedTest
    @CsvSource({
        "user-1, 0xc04359be, 75102",
        "user-2, 0xf920b680, 97315",
        "user-42, 0x0df5ed0d, 5453",
        "alice@example.com, 0x8f5931cb, 55995",
        "Zoë, 0xbc57c21b, 73571",
        "日本, 0xfdbce059, 99116",
        "'', 0x2f15194f, 18391",
    })
    void aKeyOfTheFlagNewSchemaHasItsPublishedBucket(String key, String hash, int bucket) {
        assertThat(Bucket.hash("new-schema", key)).isEqualTo(Long.decode(hash).intValue());
        assertThat(Bucket.of("new-schema", key)).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource({
        // seed, key, quarter of the whole in flagd's order: clubs, diamonds, hearts, spades
        "fractional-flag, jack, 2",
        "fractional-flag, queen, 3",
        "fractional-flag, ten, 0",
        "fractional-flag, nine, 1",
        "fractional-flag, 3, 0",
        "shared-seed, seven, 2",
        "shared-seed, eight, 1",
        "shared-seed, nine, 0",
        "shared-seed, two, 3",
    })
    void aSplitInFourFallsAsInFlagdVersionTwo(String seed, String key, int quarter) {
        assertThat(Bucket.of(seed, key) / 25_000).isEqualTo(quarter);
    }

    @ParameterizedTest
    @CsvSource({"jon@company.com, 0", "jane@company.com, 1"})
    void aSplitInTwoFallsAsInFlagdVersionTwo(String key, int half) {
        assertThat(Bucket.of("fractional-flag-shorthand", key) / 50_000).isEqualTo(half);
    }

    @Property
    void anyTextIsHashedAsItsUtf8Bytes(@ForAll String seed, @ForAll String key) {
        byte[] octets = (seed + key).getBytes(StandardCharsets.UTF_8);
        assertThat(Bucket.hash(seed, key)).isEqualTo(murmur3(octets));
        assertThat(Bucket.of(seed, key)).isBetween(0, 99_999);
    }

    @Property
    void itIsNoMatterWhereTheSeedEndsAndTheKeyBegins(@ForAll String seed, @ForAll String key) {
        assertThat(Bucket.of(seed, key)).isEqualTo(Bucket.of("", seed + key)).isEqualTo(Bucket.of(seed + key, ""));
    }

    /** The algorithm as it is usually written: four bytes at a time, then the tail. */
    private static int murmur3(byte[] octets) {
        int h = 0;
        int whole = octets.length / 4 * 4;
        for (int i = 0; i < whole; i += 4) {
            int k = (octets[i] & 0xff)
                    | (octets[i + 1] & 0xff) << 8
                    | (octets[i + 2] & 0xff) << 16
                    | (octets[i + 3] & 0xff) << 24;
            h = Integer.rotateLeft(h ^ Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593, 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int i = octets.length - 1; i >= whole; i--) {
            tail = tail << 8 | (octets[i] & 0xff);
        }
        h ^= Integer.rotateLeft(tail * 0xcc9e2d51, 15) * 0x1b873593;
        h ^= octets.length;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }
}
