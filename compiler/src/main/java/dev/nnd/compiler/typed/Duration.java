package dev.nnd.compiler.typed;

/** A length of training time: {@code 100 steps}, {@code 2 epochs}, or a share of the run such as {@code 10%}. */
public record Duration(double amount, Unit unit) {

    /** What it is counted in; the three are compared only with themselves. */
    public enum Unit {
        STEPS,
        EPOCHS,
        PERCENT
    }

    /** As a user would write it. */
    public String text() {
        String number =
                amount == Math.rint(amount) && Math.abs(amount) < 1e15 ? Long.toString((long) amount) : "" + amount;
        return switch (unit) {
            case STEPS -> number + (amount == 1 ? " step" : " steps");
            case EPOCHS -> number + (amount == 1 ? " epoch" : " epochs");
            case PERCENT -> number + "%";
        };
    }
}
