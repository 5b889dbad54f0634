package dev.turnout.server.console;

import java.util.ArrayList;
import java.util.List;

/** Where a value stands between the bottom and the top of a drawing. Pure. */
sealed interface Scale {
    /** 0 at the bottom, 1 at the top; what is beyond an end stands at that end. */
    double share(double value);

    /** What is named beside it, from the bottom. */
    List<Double> ticks();

    String word(double tick);

    /** From nothing on. */
    record Linear(double top) implements Scale {
        /** To the next of 1, 2 and 5 times a power of ten, so that the scale has round words. */
        static Linear upTo(double most) {
            if (most <= 0) {
                return new Linear(1);
            }
            double power = Math.pow(10, Math.floor(Math.log10(most)));
            for (double step : new double[] {1, 2, 5}) {
                if (most <= step * power) {
                    return new Linear(step * power);
                }
            }
            return new Linear(10 * power);
        }

        @Override
        public double share(double value) {
            return Math.min(value, top) / top;
        }

        @Override
        public List<Double> ticks() {
            return List.of(0.0, top / 2, top);
        }

        @Override
        public String word(double tick) {
            return Chart.number(tick);
        }
    }

    /** From one on, each power of ten as far from the last as from the next. */
    record Logarithmic(int powers) implements Scale {
        /** Powers of ten between two that are named. */
        private static final int NAMED = 3;

        private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

        /** So that a limit is seen, however far above it the largest value is: evidence grows without end. */
        static Logarithmic around(double limit, double most) {
            int above = (int) Math.ceil(Math.log10(limit));
            return new Logarithmic(
                    (int) Math.max(above + 1, Math.min(above + NAMED, Math.ceil(Math.log10(Math.max(most, 1))))));
        }

        @Override
        public double share(double value) {
            return Math.min(1, Math.log10(Math.max(value, 1)) / powers);
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int power = 0; power <= powers; power += NAMED) {
                ticks.add(Math.pow(10, power));
            }
            return ticks;
        }

        @Override
        public String word(double tick) {
            long power = Math.round(Math.log10(tick));
            StringBuilder raised = new StringBuilder();
            for (char digit : Long.toString(power).toCharArray()) {
                raised.append(RAISED.charAt(digit - '0'));
            }
            return power == 0 ? "1" : "10" + raised;
        }
    }
}
