package dev.turnout.migration;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition over numbers that have names, for what no database can evaluate: {@code failed > 2 * baseline_failed AND NOT
 * total < 50}. As in SQL, what hangs on an unknown number is unknown; here a number that is not finite is unknown as well.
 * Immutable.
 */
public final class Condition {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:(\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)|([A-Za-z_]\\w*)|(<>|!=|<=|>=|[-+*/()<>=]))");
    /** Parentheses are read by recursion. */
    private static final int MOST_TOKENS = 500;

    private static final Set<String> WORDS = Set.of("AND", "OR", "NOT");

    private final Set<String> names;
    private final Node<Boolean> root;

    private Condition(Set<String> names, Node<Boolean> root) {
        this.names = Set.copyOf(names);
        this.root = root;
    }

    /** @throws IllegalArgumentException saying what is wrong */
    public static Condition parse(String text) {
        Parser parser = new Parser(tokens(text));
        Term term = parser.either();
        if (parser.position < parser.tokens.size()) {
            throw new IllegalArgumentException("'" + parser.peek() + "' is one too many");
        }
        return new Condition(parser.names, term.truth());
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher token = TOKEN.matcher(text.strip());
        int at = 0;
        for (; at < text.strip().length(); at = token.end()) {
            if (!token.find(at) || token.start() != at) {
                throw new IllegalArgumentException(
                        "'" + text.strip().substring(at).strip() + "' is neither a number, a name nor an operator");
            }
            tokens.add(token.group().strip());
            if (tokens.size() > MOST_TOKENS) {
                throw new IllegalArgumentException("it is longer than " + MOST_TOKENS + " words");
            }
        }
        return tokens;
    }

    /** Of the numbers that it is about. */
    public Set<String> names() {
        return names;
    }

    /** Empty: unknown. */
    public Optional<Boolean> holds(Map<String, Double> numbers) {
        return root.of(numbers);
    }

    private interface Node<T> extends Function<Map<String, Double>, Optional<T>> {
        default Optional<T> of(Map<String, Double> numbers) {
            return apply(numbers);
        }
    }

    /** A part of the condition: a number or a truth. */
    private record Term(Optional<Node<Double>> asNumber, Optional<Node<Boolean>> asTruth) {
        static Term of(Node<Double> number) {
            return new Term(
                    Optional.of(numbers -> number.of(numbers).filter(value -> Double.isFinite(value))),
                    Optional.empty());
        }

        static Term ofTruth(Node<Boolean> truth) {
            return new Term(Optional.empty(), Optional.of(truth));
        }

        Node<Double> number() {
            return asNumber.orElseThrow(
                    () -> new IllegalArgumentException("a number is wanted where a comparison stands"));
        }

        Node<Boolean> truth() {
            return asTruth.orElseThrow(
                    () -> new IllegalArgumentException("a comparison is wanted where a number stands"));
        }
    }

    private static final class Parser {
        private final List<String> tokens;
        private final Set<String> names = new LinkedHashSet<>();
        private int position;

        Parser(List<String> tokens) {
            this.tokens = tokens;
        }

        private String peek() {
            return position < tokens.size() ? tokens.get(position) : "";
        }

        private boolean take(String token) {
            boolean there = peek().toUpperCase(Locale.ROOT).equals(token);
            position += there ? 1 : 0;
            return there;
        }

        Term either() {
            Term left = both();
            while (take("OR")) {
                left = joined(left.truth(), both().truth(), true);
            }
            return left;
        }

        private Term both() {
            Term left = negated();
            while (take("AND")) {
                left = joined(left.truth(), negated().truth(), false);
            }
            return left;
        }

        /** @param deciding the value of one side that settles the whole, whatever the other is */
        private static Term joined(Node<Boolean> left, Node<Boolean> right, boolean deciding) {
            return Term.ofTruth(numbers -> {
                Optional<Boolean> a = left.of(numbers);
                Optional<Boolean> b = right.of(numbers);
                Optional<Boolean> settled = Optional.of(deciding);
                return a.equals(settled) || b.equals(settled) ? settled : a.flatMap(known -> b.map(other -> !deciding));
            });
        }

        private Term negated() {
            if (take("NOT")) {
                Node<Boolean> truth = negated().truth();
                return Term.ofTruth(numbers -> truth.of(numbers).map(value -> !value));
            }
            return comparison();
        }

        private Term comparison() {
            Term left = sum();
            String operator = peek();
            if (!Set.of("=", "<>", "!=", "<", "<=", ">", ">=").contains(operator)) {
                return left;
            }
            position++;
            Node<Double> a = left.number();
            Node<Double> b = sum().number();
            return Term.ofTruth(
                    numbers -> a.of(numbers).flatMap(x -> b.of(numbers).map(y -> compares(operator, x, y))));
        }

        private static boolean compares(String operator, double x, double y) {
            return switch (operator) {
                case "=" -> x == y;
                case "<" -> x < y;
                case "<=" -> x <= y;
                case ">" -> x > y;
                case ">=" -> x >= y;
                default -> x != y;
            };
        }

        private Term sum() {
            Term left = product();
            while (peek().equals("+") || peek().equals("-")) {
                left = calculated(left, tokens.get(position++), product());
            }
            return left;
        }

        private Term product() {
            Term left = factor();
            while (peek().equals("*") || peek().equals("/")) {
                left = calculated(left, tokens.get(position++), factor());
            }
            return left;
        }

        /** What is divided by 0 is not finite, and so unknown. */
        private static Term calculated(Term left, String operator, Term right) {
            Node<Double> a = left.number();
            Node<Double> b = right.number();
            return Term.of(numbers -> a.of(numbers).flatMap(x -> b.of(numbers).map(y -> switch (operator) {
                case "+" -> x + y;
                case "-" -> x - y;
                case "*" -> x * y;
                default -> x / y;
            })));
        }

        private Term factor() {
            if (take("-")) {
                Node<Double> number = factor().number();
                return Term.of(numbers -> number.of(numbers).map(value -> -value));
            }
            if (take("(")) {
                Term inner = either();
                if (!take(")")) {
                    throw new IllegalArgumentException("a parenthesis is left open");
                }
                return inner;
            }
            String token = peek();
            position++;
            if (!token.isEmpty() && Character.isDigit(token.charAt(0))) {
                double number = Double.parseDouble(token);
                return Term.of(numbers -> Optional.of(number));
            }
            if (token.matches("[A-Za-z_]\\w*") && !WORDS.contains(token.toUpperCase(Locale.ROOT))) {
                names.add(token);
                return Term.of(numbers -> Optional.ofNullable(numbers.get(token)));
            }
            throw new IllegalArgumentException(
                    token.isEmpty()
                            ? "it ends where a number is wanted"
                            : "a number is wanted where '" + token + "' stands");
        }
    }
}
