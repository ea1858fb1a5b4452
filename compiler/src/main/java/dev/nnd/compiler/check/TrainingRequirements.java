package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the declaration of an optimizer or a schedule requires of its arguments. */
final class TrainingRequirements {

    private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Checking c;
    private final Decl.Function function;
    private final Map<String, Constant> values = new LinkedHashMap<>();
    private final Map<String, ScalarExpr> scalars = new LinkedHashMap<>();

    TrainingRequirements(Checking c, Decl.Function function) {
        this.c = c;
        this.function = function;
    }

    /** A number; one that changes over the run is not looked at. */
    void number(String name, ScalarExpr value) {
        double standard = c.settings().standard(value);
        scalars.put(name, value);
        if (!Double.isNaN(standard)) {
            values.put(name, new Constant.Float(standard));
        } else {
            values.remove(name);
        }
    }

    void bool(String name, boolean value) {
        values.put(name, new Constant.Bool(value));
    }

    void integer(String name, long value) {
        values.put(name, new Constant.Int(Dim.of(value)));
    }

    /** The message of the first requirement that the values break. */
    Optional<Stmt.Require> broken() {
        var scope = new Scope(null);
        values.forEach((n, v) -> scope.define(n, Scope.Kind.PARAMETER, function.span(), new Val.Const(v)));
        var env = new Env(c.training(), scope, new Body(function.span().file()), true);
        for (Stmt statement : function.body()) {
            if (statement instanceof Stmt.Require require && isBroken(require, env)) {
                return Optional.of(require);
            }
        }
        return Optional.empty();
    }

    private boolean isBroken(Stmt.Require require, Env env) {
        boolean known = Walk.names(require.condition()).stream().allMatch(n -> values.containsKey(n.name()));
        return known
                && c.expressions().eval(require.condition(), env) instanceof Val.Const(Constant.Bool(boolean holds))
                && !holds;
    }

    /** Reports the first requirement that is broken, at the argument that it is about. */
    boolean check(Map<String, Expr.Argument> given, Span call) {
        Optional<Stmt.Require> broken = broken();
        if (broken.isEmpty()) {
            return true;
        }
        Expr condition = broken.get().condition();
        Optional<Expr.Argument> about = Walk.names(condition).stream()
                .map(Expr.Name::name)
                .filter(given::containsKey)
                .map(given::get)
                .findFirst();
        Span span = about.map(Expr.Argument::span).orElse(call);
        Diagnostic error = Diagnostic.error("NND0520", span, message(broken.get()));
        for (String name :
                Walk.names(condition).stream().map(Expr.Name::name).distinct().toList()) {
            error = settings(name, error);
        }
        boolean still =
                values.get("nesterov") instanceof Constant.Bool(boolean on) && on && !given.containsKey("momentum");
        c.report(
                still && condition.span().text().contains("momentum") && about.isPresent()
                        ? error.help("add `momentum: 0.9`").fix(span, "momentum: 0.9, " + span.text())
                        : error);
        return false;
    }

    private Diagnostic settings(String name, Diagnostic error) {
        Diagnostic marked = error;
        ScalarExpr value = scalars.getOrDefault(name, new ScalarExpr.Number(0));
        for (String setting : Settings.names(value)) {
            var declared = c.settings().named(setting);
            if (declared.isPresent()) {
                marked = marked.label(
                        declared.get().span(),
                        "`" + setting + "` is " + plain(declared.get().value()) + " unless it is set");
            }
        }
        return marked;
    }

    /** The message with the values in it. */
    String message(Stmt.Require require) {
        if (!(require.message().orElse(null) instanceof Expr.StringLiteral text)) {
            return "`" + require.condition().span().text() + "` does not hold";
        }
        return NAME.matcher(text.value()).replaceAll(m -> Matcher.quoteReplacement(text(m.group(1))));
    }

    private String text(String name) {
        return switch (values.get(name)) {
            case Constant.Float(double value) -> plain(value);
            case Constant.Int(Dim value) -> value.toString();
            case null, default -> name;
        };
    }

    /** 1.0E-4 as {@code 1.0E-4}, 2.0 as {@code 2}. */
    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? BigDecimal.valueOf(value)
                        .setScale(0, java.math.RoundingMode.UNNECESSARY)
                        .toPlainString()
                : Double.toString(value);
    }
}
