package dev.turnout.worker.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The rules by which single values cross. Pure functions. */
final class Values {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DATE)
            .appendLiteral(' ')
            .append(TIME)
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);
    /** A number of JSON may be ten characters long and a gigabyte when written out. */
    private static final int MOST_ZEROS = 20_000;

    private static final BigInteger TWO = BigInteger.TWO;
    /** Bits of an integer type, the same in both products where both have it. */
    private static final Map<String, Integer> INTEGER_BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "integer", 32, "bigint", 64);

    /** Types that forget the spaces at the end. */
    private static final Set<String> PADDED = Set.of("bpchar", "char");

    private Values() {}

    /** The value of one type as one of the other; the pair must be one that {@link Pairing} lets through. */
    static String carry(String text, ColumnType source, ColumnType target) throws BadValue {
        String value = normal(text, source);
        return fitting(
                switch (target.form()) {
                    case BOOLEAN -> truth(value, source);
                    case INTEGER, DECIMAL -> number(value, source);
                    case UUID -> uuid(value);
                    case BYTES -> bytes(value, source);
                    case BITS -> source.form() == Form.BOOLEAN ? value : bits(value, target);
                    case JSON -> normal(value, target);
                    case SET -> source.form() == Form.TEXTS ? Texts.set(value) : value;
                    case TEXTS -> Texts.ofSet(value);
                    default -> value;
                },
                target);
    }

    /** The text of a value as its type gives it, in the one form that equal values share. */
    static String normal(String text, ColumnType type) throws BadValue {
        try {
            return switch (type.form()) {
                case INTEGER -> new BigInteger(text).toString();
                case DECIMAL -> plain(new BigDecimal(text));
                case FLOAT -> Float.toString((float) Double.parseDouble(text));
                case DOUBLE -> Double.toString(Double.parseDouble(text));
                case BOOLEAN -> text.startsWith("t") || text.equals("1") ? "1" : "0";
                case BYTES -> text.toLowerCase(Locale.ROOT);
                case UUID -> uuid(text);
                case BITS -> type.dialect().mysql() ? bits(text, type) : text;
                case DATE -> DATE.parse(text, LocalDate::from).format(DATE);
                case TIME -> LocalTime.parse(text, TIME).format(TIME);
                case TIMESTAMP, INSTANT -> LocalDateTime.parse(text, TIMESTAMP).format(TIMESTAMP);
                case JSON -> json(JSON.readTree(text));
                case TEXTS -> Texts.normal(text);
                default -> text;
            };
        } catch (NumberFormatException | DateTimeException e) {
            throw new BadValue(shown(text) + " is no value of " + type.words() + " that another server has");
        } catch (JsonProcessingException e) {
            throw new BadValue(shown(text) + " is not JSON");
        }
    }

    private static String plain(BigDecimal number) {
        if (Math.abs((long) number.scale()) > MOST_ZEROS) {
            return number.stripTrailingZeros().toString();
        }
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static String truth(String value, ColumnType source) throws BadValue {
        String number = source.form() == Form.BITS ? new BigInteger(value, 2).toString() : value;
        if (!number.equals("0") && !number.equals("1")) {
            throw new BadValue(value + " is neither 0 nor 1, so neither false nor true");
        }
        return number;
    }

    private static String number(String value, ColumnType source) {
        return source.form() == Form.BITS ? new BigInteger(value, 2).toString() : value;
    }

    private static String uuid(String value) throws BadValue {
        String lower = value.toLowerCase(Locale.ROOT);
        if (!UUID.matcher(lower).matches()) {
            throw new BadValue(shown(value) + " is no UUID");
        }
        String digits = lower.replace("-", "");
        return digits.substring(0, 8) + "-" + digits.substring(8, 12) + "-" + digits.substring(12, 16) + "-"
                + digits.substring(16, 20) + "-" + digits.substring(20);
    }

    private static String bytes(String value, ColumnType source) {
        return switch (source.form()) {
            case UUID -> value.replace("-", "");
            case BITS -> {
                int digits = (value.length() + 7) / 8 * 2;
                String hex = new BigInteger("0" + value, 2).toString(16);
                yield "0".repeat(Math.max(0, digits - hex.length())) + hex;
            }
            default -> value;
        };
    }

    /** With leading zeros: MySQL leaves them out. */
    private static String bits(String value, ColumnType type) {
        return "0".repeat((int) Math.max(0, type.length() - value.length())) + value;
    }

    /** Fields by name and numbers by value, as neither product keeps their order and spelling. */
    private static String json(JsonNode node) throws JsonProcessingException {
        if (node.isObject()) {
            Map<String, String> fields = new TreeMap<>();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                fields.put(JSON.writeValueAsString(field.getKey()), json(field.getValue()));
            }
            StringBuilder text = new StringBuilder("{");
            fields.forEach((name, value) -> text.append(text.length() > 1 ? "," : "")
                    .append(name)
                    .append(':')
                    .append(value));
            return text.append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            for (JsonNode element : node) {
                text.append(text.length() > 1 ? "," : "").append(json(element));
            }
            return text.append(']').toString();
        }
        return node.isNumber() ? plain(node.decimalValue()) : JSON.writeValueAsString(node);
    }

    /** The value, when the target's type takes it and would neither cut, round nor refuse it late. */
    private static String fitting(String value, ColumnType target) throws BadValue {
        switch (target.form()) {
            case INTEGER -> whole(value, target);
            case DECIMAL -> digits(value, target);
            case FLOAT, DOUBLE -> finite(value, target);
            case TEXT -> characters(value, target);
            case LABEL, SET, TEXTS -> noNul(value, target);
            case BYTES -> length(value.length() / 2, value, target);
            case BITS -> length(value.length(), value, target);
            case TIME, TIMESTAMP, INSTANT -> fraction(value, target);
            case JSON -> jsonNumbers(value, target);
            default -> {}
        }
        return value;
    }

    private static void whole(String value, ColumnType target) throws BadValue {
        BigInteger number;
        try {
            number = new BigDecimal(value).toBigIntegerExact();
        } catch (ArithmeticException e) {
            throw new BadValue(value + " is no whole number");
        }
        int bits = INTEGER_BITS.getOrDefault(target.base(), 16);
        BigInteger least =
                target.unsigned() ? BigInteger.ZERO : TWO.pow(bits - 1).negate();
        BigInteger most = TWO.pow(target.unsigned() ? bits : bits - 1).subtract(BigInteger.ONE);
        if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
            throw new BadValue(value + " is outside of " + target.words());
        }
    }

    private static void digits(String value, ColumnType target) throws BadValue {
        if (!target.limited()) {
            return;
        }
        BigDecimal number = new BigDecimal(value);
        boolean fits = number.scale() <= target.scale()
                && number.precision() - number.scale() <= target.length() - target.scale()
                && (!target.unsigned() || number.signum() >= 0);
        if (!fits) {
            throw new BadValue(value + " does not fit into " + target.words() + " without rounding");
        }
    }

    private static void finite(String value, ColumnType target) throws BadValue {
        if (target.dialect().mysql() && !Double.isFinite(Double.parseDouble(value))) {
            throw new BadValue(value + " is unknown to " + target.words());
        }
    }

    private static void characters(String value, ColumnType target) throws BadValue {
        noNul(value, target);
        if (PADDED.contains(target.base()) && value.endsWith(" ")) {
            throw new BadValue(shown(value) + " ends with a space, which " + target.words() + " does not keep");
        }
        // MySQL limits its unlimited types by bytes.
        boolean byBytes = target.dialect().mysql() && target.base().endsWith("text");
        long length = byBytes ? value.getBytes(StandardCharsets.UTF_8).length : value.codePointCount(0, value.length());
        length(length, value, target);
    }

    private static void noNul(String value, ColumnType target) throws BadValue {
        if (!target.dialect().mysql() && value.indexOf('\0') >= 0) {
            throw new BadValue("the text " + shown(value.replace("\0", "\\0")) + " holds U+0000, which "
                    + target.dialect().product() + " cannot store");
        }
    }

    private static void length(long length, String value, ColumnType target) throws BadValue {
        if (target.length() > 0 && length > target.length()) {
            throw new BadValue(shown(value) + " is longer than " + target.words());
        }
    }

    private static void fraction(String value, ColumnType target) throws BadValue {
        int point = value.indexOf('.');
        int digits = point < 0 ? 0 : value.length() - point - 1;
        if (digits > target.scale()) {
            throw new BadValue(value + " has a finer fraction of a second than " + target.words() + " keeps");
        }
    }

    /** MySQL keeps a number of JSON as a 64-bit integer or a double. */
    private static void jsonNumbers(String value, ColumnType target) throws BadValue {
        if (!target.dialect().mysql()) {
            return;
        }
        try {
            exact(JSON.readTree(value));
        } catch (JsonProcessingException e) {
            throw new BadValue(shown(value) + " is not JSON");
        }
    }

    private static void exact(JsonNode node) throws BadValue {
        if (node.isNumber()) {
            BigDecimal number = node.decimalValue();
            boolean integer =
                    number.stripTrailingZeros().scale() <= 0 && number.abs().compareTo(new BigDecimal(TWO.pow(63))) < 0;
            if (!integer && new BigDecimal(Double.toString(number.doubleValue())).compareTo(number) != 0) {
                throw new BadValue(
                        "the number " + number.toPlainString() + " in JSON has more digits than MySQL keeps");
            }
        }
        for (JsonNode child : node) {
            exact(child);
        }
    }

    private static String shown(String text) {
        return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
    }
}
