package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimAnswer;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.ForwardCost;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code require parameters <= 11_200_000}, {@code flops}, {@code activation_bytes}: what a block needs, counted when its
 * body is complete. A budget that some call breaks is an error, since what a call needs is not up to its caller.
 */
final class Budgets {

    /** The names that stand for what the block needs. */
    static final Set<String> NAMES = Set.of("parameters", "flops", "activation_bytes");

    /** A budget, its message as far as it is filled in, and where it stands. */
    record Deferred(Stmt.Require require, String message, Env env) {}

    private final Checking c;

    Budgets(Checking c) {
        this.c = c;
    }

    static boolean mentionedIn(Expr condition, Env env) {
        return Walk.names(condition).stream()
                .anyMatch(n ->
                        NAMES.contains(n.name()) && env.scope().find(n.name()).isEmpty());
    }

    void check(Deferred budget, TypedBlock block) {
        Env env = budget.env().inner();
        Expr condition = budget.require().condition();
        var measures = new TreeMap<String, Dim>();
        try {
            for (Expr.Name name : Walk.names(condition)) {
                if (NAMES.contains(name.name())
                        && budget.env().scope().find(name.name()).isEmpty()) {
                    Dim amount = ForwardCost.of(block, measure(name.name()));
                    measures.put(name.name(), amount);
                    env.scope()
                            .define(
                                    name.name(),
                                    Scope.Kind.PARAMETER,
                                    name.span(),
                                    new Val.Const(new Constant.Int(amount)));
                }
            }
        } catch (ArithmeticException tooLarge) {
            c.report(Dims.tooLarge(tooLarge, condition.span()));
            return;
        }
        Val value = c.expressions().eval(condition, env);
        if (value instanceof Val.Condition(DimCondition open)) {
            if (open.variables().stream().anyMatch(TypedData::isLearned)) {
                budget.env().body().require(whenLearned(budget, measures, open));
            } else if (!c.generic()) {
                broken(budget, block, measures, open, env);
            }
            return;
        }
        Optional<Boolean> holds = c.expressions().truth(value, condition);
        if (holds.isPresent() && !holds.get()) {
            report(budget, block, measures, Map.of(), env, Optional.empty());
        }
    }

    /** What is learned from data is compared once it is read. */
    private static Requirement whenLearned(Deferred budget, Map<String, Dim> measures, DimCondition open) {
        String written = budget.require().condition().span().text().replaceAll("\\s+", " ");
        String needs =
                measures.keySet().stream().map(m -> m + " is {" + m + "}").collect(Collectors.joining(", "));
        return new Requirement(
                open,
                budget.message().isEmpty() ? "`" + written + "` does not hold: " + needs : budget.message(),
                measures,
                budget.require().span(),
                Requirement.Kind.WRITTEN);
    }

    private static ForwardCost.Measure measure(String name) {
        return ForwardCost.Measure.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** A budget over free dims that is not proved: the smallest values that break it are looked for. */
    private void broken(Deferred budget, TypedBlock block, Map<String, Dim> measures, DimCondition open, Env env) {
        if (!(c.assumptions().decide(open) instanceof DimAnswer.CanFail f)) {
            c.report(Diagnostic.error(
                            "NND0315",
                            budget.require().condition().span(),
                            "`" + budget.require().condition().span().text() + "` cannot be decided at compile time")
                    .note(String.join(
                            ", ",
                            measures.entrySet().stream()
                                    .map(e -> "`" + e.getKey() + "` is " + e.getValue())
                                    .toList())));
            return;
        }
        Map<String, Long> least = least(open, f.counterexample());
        report(budget, block, measures, least, env, bound(open, least));
    }

    /** Makes the values smaller one after the other as long as the budget stays broken. */
    private Map<String, Long> least(DimCondition open, Map<String, Long> found) {
        var values = new TreeMap<>(found);
        for (var each : found.entrySet()) {
            String name = each.getKey();
            long low = 1;
            long high = each.getValue();
            while (low < high) {
                long middle = low + (high - low) / 2;
                var tried = new TreeMap<>(values);
                tried.put(name, middle);
                if (breaks(open, tried)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            values.put(name, high);
        }
        return values;
    }

    private boolean breaks(DimCondition open, Map<String, Long> values) {
        try {
            return !open.holds(values)
                    && c.assumptions().conditions().stream()
                            .filter(a -> values.keySet().containsAll(a.variables()))
                            .allMatch(a -> a.holds(values));
        } catch (ArithmeticException overflow) {
            return true;
        }
    }

    /** The {@code require} that keeps the budget, if there is one dim to bound. */
    private Optional<DimCondition> bound(DimCondition open, Map<String, Long> least) {
        if (least.size() != 1) {
            return Optional.empty();
        }
        var one = least.entrySet().iterator().next();
        if (one.getValue() <= 1) {
            return Optional.empty();
        }
        DimCondition bound = DimCondition.atMost(Dim.variable(one.getKey()), Dim.of(one.getValue() - 1));
        return c.assumptions().with(bound).decide(open).proved() ? Optional.of(bound) : Optional.empty();
    }

    private void report(
            Deferred budget,
            TypedBlock block,
            Map<String, Dim> measures,
            Map<String, Long> at,
            Env env,
            Optional<DimCondition> bound) {
        Expr condition = budget.require().condition();
        String message = budget.message();
        for (var measure : measures.entrySet()) {
            message = message.replace("{" + measure.getKey() + "}", number(measure.getValue(), at));
        }
        String name = block.declaration().name().name();
        String facts = facts(measures, at, name) + over(condition, at, env);
        Diagnostic error = Diagnostic.error("NND0333", condition.span(), message.isEmpty() ? facts : message);
        error = message.isEmpty() ? error : error.note(facts);
        for (String measure : measures.keySet()) {
            error = error.note(largest(block, measure, at));
        }
        c.report(bounded(error, at, bound));
    }

    private Diagnostic bounded(Diagnostic error, Map<String, Long> at, Optional<DimCondition> bound) {
        if (at.isEmpty()) {
            return error;
        }
        Optional<Span> place = bound.flatMap(b -> c.dims().afterInputs(b));
        if (bound.isPresent() && place.isPresent()) {
            String text = "require " + bound.get().text();
            String help = "add `" + text + "` after the inputs, which every call is checked for";
            return error.help(help).candidate(help, place.get(), "\n  " + text);
        }
        return error.help("bound `" + String.join("`, `", at.keySet())
                + "` by a `require`, give them numbers, or write the budget as a function of them");
    }

    private static String facts(Map<String, Dim> measures, Map<String, Long> at, String block) {
        var parts = new ArrayList<String>();
        measures.forEach((measure, amount) -> parts.add(number(amount, at) + " " + measure.replace('_', ' ')));
        String where = at.isEmpty() ? "" : " for " + new DimAnswer.CanFail(at).text();
        return "`" + block + "` needs " + String.join(" and ", parts) + where;
    }

    /** {@code , 20_132 more than 11_200_000}. */
    private String over(Expr condition, Map<String, Long> at, Env env) {
        if (!(condition instanceof Expr.Binary binary)) {
            return "";
        }
        Val left = c.expressions().eval(binary.left(), env);
        Val right = c.expressions().eval(binary.right(), env);
        if (!(left instanceof Val.Const(Constant.Int(Dim a))) || !(right instanceof Val.Const(Constant.Int(Dim b)))) {
            return "";
        }
        boolean budgetLeft = !Walk.names(binary.left()).stream()
                .filter(n -> NAMES.contains(n.name()))
                .toList()
                .isEmpty();
        OptionalLong used = value(budgetLeft ? a : b, at);
        OptionalLong limit = value(budgetLeft ? b : a, at);
        if (used.isEmpty() || limit.isEmpty() || used.getAsLong() == limit.getAsLong()) {
            return "";
        }
        long difference = used.getAsLong() - limit.getAsLong();
        return ", " + grouped(Math.abs(difference)) + (difference > 0 ? " more than " : " less than ")
                + grouped(limit.getAsLong());
    }

    private static OptionalLong value(Dim dim, Map<String, Long> at) {
        try {
            return at.keySet().containsAll(dim.variables()) ? OptionalLong.of(dim.evaluate(at)) : OptionalLong.empty();
        } catch (ArithmeticException overflow) {
            return OptionalLong.empty();
        }
    }

    private static String largest(TypedBlock block, String measure, Map<String, Long> at) {
        List<ForwardCost.Share> shares = ForwardCost.largest(block, measure(measure), at).stream()
                .filter(s -> !s.amount().is(0))
                .toList();
        return "most " + measure.replace('_', ' ') + ": "
                + String.join(
                        ", ",
                        shares.stream()
                                .map(s -> "`"
                                        + (s.path().isEmpty()
                                                ? block.declaration().name().name()
                                                : s.path())
                                        + "` " + number(s.amount(), at))
                                .toList());
    }

    private static String number(Dim dim, Map<String, Long> at) {
        OptionalLong value = value(dim, at);
        return value.isPresent() ? grouped(value.getAsLong()) : dim.toString();
    }

    /** {@code 11_220_132}, as it is written in the language. */
    static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '_');
    }
}
