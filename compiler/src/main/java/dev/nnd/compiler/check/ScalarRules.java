package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.grammar.Diagnostic;
import java.math.BigDecimal;
import java.util.Optional;

/** The numbers of optimizers and schedules: known at compile time, or formulas over settings. */
final class ScalarRules {

    private final Checking c;
    private final Env env;

    ScalarRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    Optional<ScalarExpr> number(Expr written, String what) {
        if (written instanceof Expr.PercentLiteral || written instanceof Expr.DurationLiteral) {
            misplaced(written, what);
            return Optional.empty();
        }
        return number(c.expressions().eval(written, env), written, what);
    }

    Optional<ScalarExpr> number(Val value, Expr written, String what) {
        Optional<ScalarExpr> number = switch (value) {
            case Val.Const(Constant k)
            when ConstantFolding.number(k).isPresent() ->
                Optional.of(new ScalarExpr.Number(ConstantFolding.number(k).getAsDouble()));
            case Val.Tensor t -> Settings.formula(t.expr());
            case Val other -> Optional.empty();
        };
        if (number.isEmpty()) {
            wrong(value, written, what, "a number or a setting of the train section");
        }
        return number;
    }

    private void misplaced(Expr written, String what) {
        Diagnostic error = Diagnostic.error(
                "NND0531",
                written.span(),
                what + " is a number, got " + written.span().text());
        c.report(
                switch (written) {
                    case Expr.PercentLiteral p -> {
                        String share = BigDecimal.valueOf(p.percent())
                                .movePointLeft(2)
                                .stripTrailingZeros()
                                .toPlainString();
                        yield error.help("write `" + share + "`").fix(p.span(), share);
                    }
                    case Expr.DurationLiteral d ->
                        error.help("write `" + d.count().span().text() + "`")
                                .fix(d.span(), d.count().span().text());
                    case Expr other -> error;
                });
    }

    /** True or false, known at compile time. */
    Optional<Boolean> bool(Expr written, String what) {
        Val value = c.expressions().eval(written, env);
        if (value instanceof Val.Const(Constant.Bool(boolean on))) {
            return Optional.of(on);
        }
        if (value instanceof Val.Const(Constant.Int(var dim)) && (dim.is(0) || dim.is(1))) {
            String meant = dim.is(1) ? "true" : "false";
            c.report(Diagnostic.error(
                            "NND0205", written.span(), what + " takes true or false, got " + Val.describe(value))
                    .help("write `" + meant + "`")
                    .fix(written.span(), meant));
        } else {
            wrong(value, written, what, "true or false");
        }
        return Optional.empty();
    }

    void wrong(Val value, Expr written, String what, String wanted) {
        if (value instanceof Val.Poison) {
            return;
        }
        Diagnostic error =
                Diagnostic.error("NND0205", written.span(), what + " takes " + wanted + ", got " + Val.describe(value));
        c.report(
                value instanceof Val.Const(Constant.Text(String text)) && isNumber(text)
                        ? error.help("write `" + text.strip() + "`, without quotes")
                                .fix(written.span(), text.strip())
                        : error);
    }

    private static boolean isNumber(String text) {
        return text.strip().matches("\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    }
}
