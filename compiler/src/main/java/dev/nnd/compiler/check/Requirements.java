package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Diagnostic;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code require cond, "message with {names}"}. */
final class Requirements {

    private static final Set<String> BUDGETS = Set.of("parameters", "flops", "activation_bytes");
    private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Checking c;

    Requirements(Checking c) {
        this.c = c;
    }

    /** False if it is known not to hold, which is reported. */
    boolean holds(Stmt.Require require, Env env) {
        Optional<Expr.Name> budget = budget(require.condition(), env);
        if (budget.isPresent()) {
            c.unsupported("a budget (`" + budget.get().name() + "`)", require.span());
            return true;
        }
        Optional<Boolean> holds = c.expressions().condition(require.condition(), env);
        String message = message(require, env);
        if (holds.isPresent() && !holds.get()) {
            Diagnostic error = Diagnostic.error("NND0313", require.condition().span(), message);
            String values = values(require.condition(), env);
            c.report(values.isEmpty() ? error : error.note(values));
            return false;
        }
        return true;
    }

    private static Optional<Expr.Name> budget(Expr condition, Env env) {
        return Walk.names(condition).stream()
                .filter(n ->
                        BUDGETS.contains(n.name()) && env.scope().find(n.name()).isEmpty())
                .findFirst();
    }

    private String message(Stmt.Require require, Env env) {
        if (require.message().isEmpty()) {
            return "`" + require.condition().span().text() + "` does not hold";
        }
        Val value = c.expressions().eval(require.message().get(), env);
        if (!(value instanceof Val.Const(Constant.Text(String text)))) {
            if (!(value instanceof Val.Poison)) {
                c.report(Diagnostic.error(
                        "NND0205",
                        require.message().get().span(),
                        "the message of a `require` is a string, got " + Val.describe(value)));
            }
            return "`" + require.condition().span().text() + "` does not hold";
        }
        return NAME.matcher(text).replaceAll(m -> Matcher.quoteReplacement(filled(m.group(1), require, env)));
    }

    private String filled(String name, Stmt.Require require, Env env) {
        Optional<String> text = env.scope().find(name).map(Scope.Entry::value).flatMap(Requirements::text);
        if (text.isEmpty() && env.scope().find(name).isEmpty()) {
            Diagnostic error = Diagnostic.error(
                    "NND0101",
                    require.message().orElseThrow().span(),
                    "there is no `" + name + "` here for the message");
            c.report(Nearest.to(name, env.scope().names())
                    .map(n -> error.help("did you mean `{" + n + "}`?"))
                    .orElse(error));
        }
        return text.orElse("{" + name + "}");
    }

    private static Optional<String> text(Val value) {
        return switch (value) {
            case Val.Const(Constant.Int i) -> Optional.of(i.value().toString());
            case Val.Const(Constant.Float f) -> Optional.of("" + f.value());
            case Val.Const(Constant.Bool b) -> Optional.of("" + b.value());
            case Val.Const(Constant.Text t) -> Optional.of(t.value());
            case Val.Tensor t -> Optional.of(t.type().toString());
            case Val other -> Optional.empty();
        };
    }

    /** {@code D is 8, heads is 3}. */
    private static String values(Expr condition, Env env) {
        var parts = new java.util.LinkedHashSet<String>();
        for (Expr.Name name : Walk.names(condition)) {
            env.scope()
                    .find(name.name())
                    .map(Scope.Entry::value)
                    .flatMap(Requirements::text)
                    .ifPresent(t -> parts.add("`" + name.name() + "` is " + t));
        }
        return String.join(", ", parts);
    }
}
