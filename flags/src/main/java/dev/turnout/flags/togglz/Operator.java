package dev.turnout.flags.togglz;

import dev.turnout.flags.Subject;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.semver4j.Semver;
import org.semver4j.range.RangeList;
import org.semver4j.range.RangeListFactory;

/**
 * How an attribute is compared with the values of a clause. It holds when it holds for one of the values; for an
 * attribute of another kind it never does.
 */
enum Operator {
    /** Texts, numbers and booleans by their plain form: 7, 7.0 and the text 7 are one. */
    IN("in", values -> {
        Set<String> all = Set.copyOf(values);
        return given -> Subject.text(given).filter(all::contains).isPresent();
    }),
    STARTS_WITH("starts with", values -> any(values, Operator::text, String::startsWith)),
    ENDS_WITH("ends with", values -> any(values, Operator::text, String::endsWith)),
    CONTAINS("contains", values -> any(values, Operator::text, String::contains)),
    BELOW("<", values -> any(numbers(values), Operator::number, (given, value) -> given.compareTo(value) < 0)),
    AT_MOST("<=", values -> any(numbers(values), Operator::number, (given, value) -> given.compareTo(value) <= 0)),
    ABOVE(">", values -> any(numbers(values), Operator::number, (given, value) -> given.compareTo(value) > 0)),
    AT_LEAST(">=", values -> any(numbers(values), Operator::number, (given, value) -> given.compareTo(value) >= 0)),
    /** Instants with their offset, or days that begin in UTC. */
    BEFORE("before", values -> any(instants(values), Operator::instant, Instant::isBefore)),
    AFTER("after", values -> any(instants(values), Operator::instant, Instant::isAfter)),
    /** Semantic Versioning 2.0.0, in ranges as npm writes them: {@code >=2.1.0 <3.0.0}. */
    SEMVER("semver", values -> any(ranges(values), Operator::version, (given, range) -> range.isSatisfiedBy(given)));

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Function<List<String>, Predicate<Object>> maker;

    Operator(String word, Function<List<String>, Predicate<Object>> maker) {
        this.word = word;
        this.maker = maker;
    }

    /** @throws IllegalArgumentException when there is no such operator */
    static Operator of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word.equals(word.strip()))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("the operator is one of " + words() + ", not '" + word + "'"));
    }

    static String words() {
        return Arrays.stream(values()).map(each -> each.word).collect(Collectors.joining(", "));
    }

    /**
     * Whether an attribute's value compares so with one of the values.
     *
     * @throws IllegalArgumentException when a value is not of the operator's kind
     */
    Predicate<Object> with(List<String> values) {
        return maker.apply(values);
    }

    private static <T, V> Predicate<Object> any(
            List<V> values, Function<Object, Optional<T>> kind, BiPredicate<T, V> compares) {
        return given -> {
            Optional<T> known = kind.apply(given);
            return known.isPresent() && values.stream().anyMatch(value -> compares.test(known.get(), value));
        };
    }

    private static Optional<String> text(Object given) {
        return given instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static Optional<BigDecimal> number(Object given) {
        try {
            return given instanceof Number ? Optional.of(new BigDecimal(given.toString())) : Optional.empty();
        } catch (NumberFormatException notFinite) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(Object given) {
        try {
            if (given instanceof Instant instant) {
                return Optional.of(instant);
            }
            return given instanceof String text ? Optional.of(parsed(text)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Semver> version(Object given) {
        return given instanceof String text ? Optional.ofNullable(Semver.parse(text)) : Optional.empty();
    }

    private static Instant parsed(String text) {
        return text.length() == "2026-01-31".length()
                ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                : OffsetDateTime.parse(text).toInstant();
    }

    private static List<BigDecimal> numbers(List<String> values) {
        return values.stream()
                .map(value -> {
                    try {
                        return new BigDecimal(value);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("'" + value + "' is no number", e);
                    }
                })
                .toList();
    }

    private static List<Instant> instants(List<String> values) {
        return values.stream()
                .map(value -> {
                    try {
                        return parsed(value);
                    } catch (DateTimeException e) {
                        throw new IllegalArgumentException(
                                "'" + value + "' is neither an instant such as 2026-01-31T09:00:00Z nor a day", e);
                    }
                })
                .toList();
    }

    private static List<RangeList> ranges(List<String> values) {
        return values.stream()
                .map(value -> {
                    RangeList range = RangeListFactory.create(value);
                    if (range.get().isEmpty() || range.get().stream().anyMatch(List::isEmpty)) {
                        throw new IllegalArgumentException(
                                "'" + value + "' is no range of versions such as >=2.1.0 <3.0.0");
                    }
                    return range;
                })
                .toList();
    }
}
