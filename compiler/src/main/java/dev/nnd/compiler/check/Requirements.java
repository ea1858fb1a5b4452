package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Diagnostic;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code require cond, "message with {names}"}. A condition that is decided here is an error or says nothing; one over
 * free dims is taken as given by what follows, and every call of the model is checked for it.
 */
final class Requirements {

    private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final Checking c;
    private final Budgets budgets;

    Requirements(Checking c) {
        this.c = c;
        this.budgets = new Budgets(c);
    }

    /** False if it is known not to hold, which is reported. */
    boolean holds(Stmt.Require require, Env env) {
        if (Budgets.mentionedIn(require.condition(), env)) {
            env.body().defer(new Budgets.Deferred(require, message(require, env, new LinkedHashMap<>()), env));
            return true;
        }
        Val value = c.expressions().eval(require.condition(), env);
        var open = new LinkedHashMap<String, Dim>();
        String message = message(require, env, open);
        if (value instanceof Val.Condition(DimCondition condition)) {
            var requirement = new Requirement(
                    condition,
                    message.isEmpty() ? standard(require, condition, open) : message,
                    open,
                    require.span(),
                    Requirement.Kind.WRITTEN);
            c.dims().assume(requirement, env.body());
            return true;
        }
        Optional<Boolean> holds = c.expressions().truth(value, require.condition());
        if (holds.isPresent() && !holds.get()) {
            fails(require, env, message, open);
            return false;
        }
        return true;
    }

    private void fails(Stmt.Require require, Env env, String message, Map<String, Dim> open) {
        // A message is about the values of one call.
        String text = !open.isEmpty()
                ? "`" + written(require) + "` holds for no call"
                : message.isEmpty() ? "`" + written(require) + "` does not hold" : message;
        Diagnostic error = Diagnostic.error("NND0313", require.condition().span(), text);
        String values = values(require.condition(), env);
        String known = known(require, env);
        error = values.isEmpty() ? error : error.note(values);
        c.report(known.isEmpty() ? error : error.note("it holds for no call, since these are required: " + known));
    }

    /** What is assumed of the free dims in the condition: {@code T <= 16}. */
    private String known(Stmt.Require require, Env env) {
        var names = new LinkedHashSet<String>();
        for (Expr.Name name : Walk.names(require.condition())) {
            env.scope().find(name.name()).map(Scope.Entry::value).ifPresent(v -> {
                if (v instanceof Val.Const(Constant.Int(Dim dim))) {
                    names.addAll(dim.variables());
                }
            });
        }
        return String.join(
                ", ",
                c.assumptions().about(names).conditions().stream()
                        .limit(4)
                        .map(DimCondition::text)
                        .toList());
    }

    private static String written(Stmt.Require require) {
        return require.condition().span().text().replaceAll("\\s+", " ");
    }

    /** {@code T <= 512 does not hold: T is {T}}. */
    private static String standard(Stmt.Require require, DimCondition condition, Map<String, Dim> open) {
        var parts = new LinkedHashSet<String>();
        for (String name : condition.variables()) {
            open.put(name, Dim.variable(name));
            parts.add(name + " is {" + name + "}");
        }
        return "`" + written(require) + "` does not hold: " + String.join(", ", parts);
    }

    /** Checks the budgets of a body that is complete. */
    void budgets(Body body, TypedBlock block) {
        body.budgets().forEach(b -> budgets.check(b, block));
    }

    /** The message with the names filled in that are known; the others are put into {@code open}. Empty for none. */
    private String message(Stmt.Require require, Env env, Map<String, Dim> open) {
        if (require.message().isEmpty()) {
            return "";
        }
        Val value = c.expressions().eval(require.message().get(), env);
        if (!(value instanceof Val.Const(Constant.Text(String text)))) {
            if (!(value instanceof Val.Poison)) {
                c.report(Diagnostic.error(
                        "NND0205",
                        require.message().get().span(),
                        "the message of a `require` is a string, got " + Val.describe(value)));
            }
            return "";
        }
        return NAME.matcher(text).replaceAll(m -> Matcher.quoteReplacement(filled(m.group(1), require, env, open)));
    }

    private String filled(String name, Stmt.Require require, Env env, Map<String, Dim> open) {
        Optional<Val> value = env.scope().find(name).map(Scope.Entry::value);
        if (value.isEmpty() && !Budgets.NAMES.contains(name)) {
            Diagnostic error = Diagnostic.error(
                    "NND0101",
                    require.message().orElseThrow().span(),
                    "there is no `" + name + "` here for the message");
            c.report(Nearest.to(name, env.scope().names())
                    .map(n -> error.help("did you mean `{" + n + "}`?"))
                    .orElse(error));
        }
        if (value.isPresent()
                && value.get() instanceof Val.Const(Constant.Int(Dim dim))
                && dim.constant().isEmpty()) {
            open.put(name, dim);
        } else if (value.isPresent()) {
            return text(value.get()).orElse("{" + name + "}");
        }
        return "{" + name + "}";
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
        var parts = new LinkedHashSet<String>();
        for (Expr.Name name : Walk.names(condition)) {
            env.scope()
                    .find(name.name())
                    .map(Scope.Entry::value)
                    .flatMap(Requirements::text)
                    .filter(t -> !t.equals(name.name()))
                    .ifPresent(t -> parts.add("`" + name.name() + "` is " + t));
        }
        return String.join(", ", parts);
    }
}
