package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedTune.Search;
import dev.nnd.compiler.typed.TypedTune.Space;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@code search lr in log_uniform(1e-5, 1e-1)}: the parameter of the train section and the values it may take. */
final class SpaceRules {

    private static final List<String> SPACES = List.of("uniform", "log_uniform", "int_uniform", "choice");

    private final Checking c;
    private final Env env;
    private final Decl.Train train;

    SpaceRules(Checking c, Env env, Decl.Train train) {
        this.c = c;
        this.env = env;
        this.train = train;
    }

    List<Search> all(List<TuneItem.Search> items) {
        var searches = new ArrayList<Search>();
        var first = new HashMap<String, Span>();
        for (TuneItem.Search item : items) {
            Span before = first.putIfAbsent(item.name().name(), item.span());
            if (before != null) {
                c.report(Diagnostic.error(
                                "NND0517", item.span(), "`" + item.name().name() + "` is searched twice")
                        .label(before, "the first is here"));
            }
            Optional<Decl.Parameter> parameter = parameter(item);
            parameter
                    .flatMap(p -> space(item, p))
                    .ifPresent(s -> searches.add(new Search(item.name().name(), s, item.span())));
        }
        return searches;
    }

    private Optional<Decl.Parameter> parameter(TuneItem.Search search) {
        String name = search.name().name();
        for (Decl.Parameter parameter : train.parameters()) {
            if (parameter.name().name().equals(name)) {
                return Optional.of(parameter);
            }
        }
        List<String> names =
                train.parameters().stream().map(p -> p.name().name()).toList();
        Diagnostic error = Diagnostic.error(
                        "NND0522",
                        search.name().span(),
                        "`" + train.name().name() + "` has no parameter `" + name + "`")
                .label(train.name().span(), "the train section is here");
        Optional<String> near = Nearest.to(name, names);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, search.name().span(), near)
                        : error.help("write `train " + train.name().name() + "(" + name + ": float = 1e-3) { ... }`"));
        return Optional.empty();
    }

    private Optional<Space> space(TuneItem.Search item, Decl.Parameter parameter) {
        return switch (item.space()) {
            case Expr.Call call
            when call.callee() instanceof Expr.Name n && SPACES.contains(n.name()) -> called(n.name(), call, parameter);
            case Expr.Call call -> {
                unknown(call);
                yield Optional.empty();
            }
            case Expr.ListLiteral l -> choice(l, parameter);
            case Expr.Range r -> range(r, parameter);
            case Expr other -> {
                Val value = c.expressions().eval(other, env);
                if (!(value instanceof Val.Poison)) {
                    c.report(Diagnostic.error(
                                    "NND0540",
                                    other.span(),
                                    "values are searched in a list or a range, got " + Val.describe(value))
                            .help("such as `log_uniform(1e-5, 1e-1)`, `[32, 64, 128]` or `2..8`"));
                }
                yield Optional.empty();
            }
        };
    }

    private void unknown(Expr.Call call) {
        String written = call.callee() instanceof Expr.Member m
                ? m.member().name()
                : call.callee().span().text();
        Optional<String> meant = Optional.ofNullable(
                        switch (written) {
                            case "loguniform", "suggest_loguniform", "logUniform", "log" -> "log_uniform";
                            case "suggest_float", "float", "suggest_uniform" -> "uniform";
                            case "suggest_int", "randint", "quniform", "int", "ints" -> "int_uniform";
                            case "suggest_categorical", "choices", "categorical", "one_of" -> "choice";
                            default -> null;
                        })
                .or(() -> Nearest.to(written, SPACES));
        Diagnostic error =
                Diagnostic.error("NND0540", call.callee().span(), "there is no search space `" + written + "`");
        c.report(
                meant.isPresent()
                        ? Expressions.suggest(error, call.callee().span(), meant)
                        : error.help("the search spaces are " + String.join(", ", SPACES) + ", a list, and a range"));
    }

    private Optional<Space> called(String name, Expr.Call call, Decl.Parameter parameter) {
        List<Expr> values = call.arguments().stream().map(Expr.Argument::value).toList();
        if (name.equals("choice")) {
            boolean list = values.size() == 1 && values.getFirst() instanceof Expr.ListLiteral;
            return choice(
                    list ? (Expr.ListLiteral) values.getFirst() : new Expr.ListLiteral(values, call.span()), parameter);
        }
        boolean ints = name.equals("int_uniform");
        if (values.size() != 2 && !(ints && values.size() == 3)) {
            c.report(Diagnostic.error(
                            "NND0540",
                            call.span(),
                            "`" + name + "` takes the lowest and the highest value, got " + values.size())
                    .help(ints ? "such as `int_uniform(2, 8)`" : "such as `" + name + "(1e-5, 1e-1)`"));
            return Optional.empty();
        }
        if (ints) {
            return ints(call, values, parameter);
        }
        OptionalDouble low = number(values.get(0));
        OptionalDouble high = number(values.get(1));
        if (low.isEmpty() || high.isEmpty() || !ofKind(parameter, "float", call)) {
            return Optional.empty();
        }
        return floats(call, low.getAsDouble(), high.getAsDouble(), name.equals("log_uniform"));
    }

    private Optional<Space> floats(Expr.Call call, double low, double high, boolean log) {
        if (low >= high) {
            ordered(call);
            return Optional.empty();
        }
        if (log && low <= 0) {
            c.report(Diagnostic.error(
                            "NND0541",
                            call.arguments().getFirst().span(),
                            "`log_uniform` begins above 0, got " + TrainingRequirements.plain(low))
                    .note("the logarithm of 0 is no number"));
            return Optional.empty();
        }
        return Optional.of(new Space.Floats(low, high, log));
    }

    private void ordered(Expr.Call call) {
        String low = call.arguments().get(0).span().text();
        String high = call.arguments().get(1).span().text();
        String turned = call.callee().span().text() + "(" + high + ", " + low + ")";
        Diagnostic error =
                Diagnostic.error("NND0541", call.span(), "the lowest value comes first, got " + low + " and " + high);
        c.report(low.equals(high) ? error : error.help("write `" + turned + "`").fix(call.span(), turned));
    }

    private Optional<Space> ints(Expr.Call call, List<Expr> values, Decl.Parameter parameter) {
        Optional<Long> low = c.expressions().constant(values.get(0), env, "the lowest value");
        Optional<Long> high = c.expressions().constant(values.get(1), env, "the highest value");
        Optional<Long> step =
                values.size() < 3 ? Optional.of(1L) : c.expressions().constant(values.get(2), env, "the step");
        if (low.isEmpty() || high.isEmpty() || step.isEmpty() || !ofKind(parameter, "int", call)) {
            return Optional.empty();
        }
        if (low.get() >= high.get()) {
            ordered(call);
            return Optional.empty();
        }
        if (step.get() < 1) {
            c.report(Diagnostic.error("NND0541", values.get(2).span(), "a step is at least 1, got " + step.get()));
            return Optional.empty();
        }
        return Optional.of(new Space.Ints(low.get(), high.get(), step.get()));
    }

    private Optional<Space> range(Expr.Range range, Decl.Parameter parameter) {
        Optional<Long> from = c.expressions().constant(range.from(), env, "the start of a range");
        Optional<Long> to = c.expressions().constant(range.to(), env, "the end of a range");
        if (from.isEmpty() || to.isEmpty() || !ofKind(parameter, "int", range)) {
            return Optional.empty();
        }
        if (to.get() - from.get() < 2) {
            c.report(Diagnostic.error(
                            "NND0541",
                            range.span(),
                            "the range `" + range.span().text() + "` holds "
                                    + (to.get() - from.get() == 1 ? "one value" : "nothing"))
                    .note("a range ends before its second number"));
            return Optional.empty();
        }
        return Optional.of(new Space.Ints(from.get(), to.get() - 1, 1));
    }

    private Optional<Space> choice(Expr.ListLiteral list, Decl.Parameter parameter) {
        var values = new ArrayList<Constant>();
        var seen = new HashSet<Constant>();
        for (Expr item : list.items()) {
            Val value = c.expressions().eval(item, env);
            Optional<Constant> fitted = c.kinds()
                    .fit(value, parameter.type(), "`" + parameter.name().name() + "`", item.span());
            if (fitted.isEmpty()) {
                return Optional.empty();
            }
            if (!seen.add(fitted.get())) {
                c.report(Diagnostic.error(
                        "NND0541", item.span(), "`" + item.span().text() + "` is in the list twice"));
                return Optional.empty();
            }
            values.add(fitted.get());
        }
        if (values.isEmpty()) {
            c.report(Diagnostic.error("NND0541", list.span(), "there is nothing to choose from"));
            return Optional.empty();
        }
        return Optional.of(new Space.Choice(values));
    }

    private OptionalDouble number(Expr written) {
        Val value = c.expressions().eval(written, env);
        if (value instanceof Val.Const(Constant k) && ConstantFolding.number(k).isPresent()) {
            return ConstantFolding.number(k);
        }
        new ScalarRules(c, env).wrong(value, written, "a bound of a search space", "a number");
        return OptionalDouble.empty();
    }

    /** True if the parameter takes values of that kind; reports it otherwise, with both places. */
    private boolean ofKind(Decl.Parameter parameter, String kind, Expr space) {
        String declared =
                parameter.type() instanceof TypeExpr.Named n ? n.name().name() : "";
        if (declared.equals(kind)) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                        "NND0540",
                        space.span(),
                        "`" + parameter.name().name() + "` is " + Kinds.describe(parameter.type())
                                + ", and this space holds " + (kind.equals("int") ? "ints" : "floats"))
                .label(parameter.span(), "declared here");
        c.report(
                switch (declared) {
                    case "int" -> error.help("write a range or a list of ints, such as `[32, 64]`");
                    case "bool" -> error.help("write `[true, false]`").fix(space.span(), "[true, false]");
                    default -> error.help("write a list of values");
                });
        return false;
    }
}
