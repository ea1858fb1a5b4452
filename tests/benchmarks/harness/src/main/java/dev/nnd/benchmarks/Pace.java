package dev.nnd.benchmarks;

/** When a stopwatch has seen enough. */
enum Pace {
    /** For numbers that count. */
    FULL {
        /** At least 3 steps and 5 seconds, since code is compiled while it runs. */
        @Override
        boolean warm(int steps, double seconds) {
            return steps >= 3 && seconds >= 5;
        }

        /** At least 30 steps and a second; of slow steps at least 5 and 5 seconds, of the slowest 3 and 6 seconds. */
        @Override
        boolean enough(int steps, double seconds) {
            return steps >= 30 && seconds >= 1 || steps >= 5 && seconds >= 5 || steps >= 3 && seconds >= 6;
        }
    },
    /** To see that everything works. */
    QUICK {
        @Override
        boolean warm(int steps, double seconds) {
            return steps >= 2;
        }

        @Override
        boolean enough(int steps, double seconds) {
            return steps >= 3 && seconds >= 0.1 || steps >= 1 && seconds >= 1;
        }
    };

    /** Whether so many steps, the compared ones among them, have warmed it up. */
    abstract boolean warm(int steps, double seconds);

    /** Whether so many measured steps will do. */
    abstract boolean enough(int steps, double seconds);

    /** How long steps of that length take until it is enough, of which {@code compared} come first. */
    double seconds(double step, int compared) {
        int before = compared;
        while (!warm(before, before * step)) {
            before++;
        }
        int counted = 1;
        while (!enough(counted, counted * step)) {
            counted++;
        }
        return (before + counted) * step;
    }
}
