package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.Duration;
import dev.nnd.grammar.Diagnostic;
import java.math.BigDecimal;
import java.util.Optional;

/** Lengths of time: {@code 100 steps}, {@code 2 epochs}, {@code 10%}; a bare number is none of them. */
final class DurationRules {

    private final Checking c;
    private final Env env;

    DurationRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    /**
     * A length of time as written.
     *
     * @param share true if it may be a percentage of the run
     * @param unit {@code epochs} or {@code steps}: what a number without a unit most likely means
     */
    Optional<Duration> duration(Expr written, String what, boolean share, String unit) {
        return switch (written) {
            case Expr.DurationLiteral d -> time(d);
            case Expr.PercentLiteral p when share -> percent(p, what);
            case Expr.PercentLiteral p -> {
                c.report(
                        Diagnostic.error("NND0531", p.span(), what + " is a number of epochs or steps, got " + p.text())
                                .help("such as `1 epochs` or `500 steps`"));
                yield Optional.empty();
            }
            case Expr other -> {
                withoutUnit(other, what, share, unit);
                yield Optional.empty();
            }
        };
    }

    private Optional<Duration> time(Expr.DurationLiteral d) {
        double amount = switch (d.count()) {
            case Expr.IntLiteral i -> i.value().doubleValue();
            case Expr.FloatLiteral f -> f.value();
            case Expr other -> Double.NaN;
        };
        boolean whole = amount == Math.rint(amount);
        if (!d.epochs() && !whole) {
            String rounded = Long.toString((long) Math.ceil(amount));
            c.report(Diagnostic.error(
                            "NND0531",
                            d.span(),
                            "a number of steps is whole, got " + d.span().text())
                    .help("write `" + rounded + " steps`")
                    .fix(d.span(), rounded + " steps"));
            return Optional.empty();
        }
        if (amount > Long.MAX_VALUE / 2.0) {
            c.report(Diagnostic.error("NND0222", d.span(), "the number leaves the range of 64 bits"));
            return Optional.empty();
        }
        return Optional.of(new Duration(amount, d.epochs() ? Duration.Unit.EPOCHS : Duration.Unit.STEPS));
    }

    private Optional<Duration> percent(Expr.PercentLiteral p, String what) {
        if (p.percent() >= 100) {
            c.report(Diagnostic.error("NND0532", p.span(), what + " is below 100% of the run, got " + p.text()));
            return Optional.empty();
        }
        return Optional.of(new Duration(p.percent(), Duration.Unit.PERCENT));
    }

    private void withoutUnit(Expr written, String what, boolean share, String unit) {
        Val value = c.expressions().eval(written, env);
        if (value instanceof Val.Poison) {
            return;
        }
        String kinds = share ? "`100 steps`, `2 epochs` or `10%`" : "`2 epochs` or `100 steps`";
        Diagnostic error = Diagnostic.error(
                "NND0531",
                written.span(),
                what + " is a length of time, such as " + kinds + ", got " + Val.describe(value));
        String text = written.span().text();
        c.report(
                switch (value) {
                    case Val.Const(Constant.Int i)
                    when written instanceof Expr.IntLiteral ->
                        error.help("write `" + text + " " + unit + "`").fix(written.span(), text + " " + unit);
                    case Val.Const(Constant.Float(double part))
                    when share && part > 0 && part < 1 -> {
                        String percent = percent(part);
                        yield error.help("write `" + percent + "` for this share of the run")
                                .fix(written.span(), percent);
                    }
                    case Val other -> error;
                });
    }

    /** 0.1 as {@code 10%}. */
    static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }
}
