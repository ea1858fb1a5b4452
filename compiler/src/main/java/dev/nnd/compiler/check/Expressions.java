package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Gives every expression its meaning. */
final class Expressions {

    private static final int MOST_GUESSES = 12;
    private static final long LONGEST_RANGE = 100_000;
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    /** After so many errors in a file the known names are not looked through for what was meant. */
    private static final int MOST_SUGGESTIONS = 200;

    private static final int MOST_LISTED = 40;

    private final Checking c;

    Expressions(Checking c) {
        this.c = c;
    }

    /** The meaning of an expression; what is wrong in it is reported. */
    Val eval(Expr expr, Env env) {
        c.watch().evaluates();
        try {
            return c.recorder().value(expr.span(), evalUnchecked(expr, env));
        } catch (ArithmeticException tooLarge) {
            return c.fail(Dims.tooLarge(tooLarge, expr.span()));
        }
    }

    private Val evalUnchecked(Expr expr, Env env) {
        return switch (expr) {
            case Expr.Name n -> name(n, env);
            case Expr.IntLiteral i -> integer(i);
            case Expr.FloatLiteral f -> Val.Const.of(f.value());
            case Expr.PercentLiteral p -> misplaced(p.span(), "a percentage", "a share of a `split` or a schedule");
            case Expr.DurationLiteral d -> misplaced(d.span(), "a length of time", "a train section's settings");
            case Expr.StringLiteral s -> new Val.Const(new Constant.Text(s.value()));
            case Expr.BoolLiteral b -> Val.Const.of(b.value());
            case Expr.NoneLiteral n -> Val.NONE;
            case Expr.Ellipsis e -> misplaced(e.span(), "`...`", "a type or an index");
            case Expr.ListLiteral l -> list(l, env);
            case Expr.Tuple t ->
                new Val.Tuple(t.items().stream().map(i -> eval(i, env)).toList());
            case Expr.Unary u -> c.arithmetic().unary(u, env);
            case Expr.Binary b -> c.arithmetic().binary(b, env);
            case Expr.If i -> choice(i, env);
            case Expr.Range r -> range(r, env);
            case Expr.Call call -> c.calls().call(call, List.of(), env);
            case Expr.Index i -> c.indexing().index(i, env);
            case Expr.Member m -> member(m, env);
            case Expr.Rearrange r -> c.indexing().pattern(r, List.of(), List.of(), new At(r.span(), env));
            case Expr.Einsum e -> c.indexing().pattern(e, List.of(), List.of(), new At(e.span(), env));
            case Expr.Pipe p -> c.pipes().pipe(p, env);
        };
    }

    private Val misplaced(Span span, String what, String belongs) {
        return c.fail(Diagnostic.error("NND0205", span, what + " cannot stand here; it belongs in " + belongs));
    }

    private Val integer(Expr.IntLiteral literal) {
        if (literal.value().compareTo(LARGEST) > 0) {
            return c.fail(Diagnostic.error("NND0222", literal.span(), "the number leaves the range of 64 bits"));
        }
        return Val.Const.of(literal.value().longValueExact());
    }

    private Val name(Expr.Name name, Env env) {
        Optional<Scope.Entry> entry = env.scope().find(name.name());
        if (entry.isPresent()) {
            return entry.get().value() instanceof Val.Made(Val.BlockUse use, var declared)
                    ? new Val.Made(use, name.span())
                    : entry.get().value();
        }
        Optional<FileScope.Found> found = env.home().find(name.name());
        if (found.isPresent()) {
            return declared(found.get(), name);
        }
        Optional<Builtin> builtin = Builtins.named(name.name());
        if (builtin.isEmpty() && env.home().isBroken(name.name())) {
            return Val.POISON;
        }
        return builtin.isPresent()
                ? new Val.Function(new Val.FunctionRef.BuiltIn(builtin.get()))
                : c.fail(unknown(name, env));
    }

    private Val declared(FileScope.Found found, Expr.Name name) {
        return switch (found.declaration()) {
            case Decl.Block b -> new Val.BlockName(b, found.home());
            case Decl.Function f -> new Val.Function(new Val.FunctionRef.Declared(f, found.home()));
            case Decl.Data d -> section(d, "data", name);
            case Decl.Train t -> section(t, "train", name);
            case Decl.Tune t -> section(t, "tune", name);
        };
    }

    private Val section(Decl declaration, String word, Expr.Name name) {
        return c.fail(Diagnostic.error(
                        "NND0205", name.span(), "`" + name.name() + "` is a " + word + " section and not a value")
                .label(declaration.name().span(), "declared here"));
    }

    /** The error for a name that means nothing, with what was probably meant. */
    Diagnostic unknown(Expr.Name name, Env env) {
        String text = name.name();
        if (Unsupported.isKnown(text)) {
            return Unsupported.error(text, name.span());
        }
        if (c.training().find(text).isPresent()) {
            return OptimizerRules.misplaced(c, name);
        }
        boolean capital = Character.isUpperCase(text.charAt(0)) && text.length() > 1;
        Diagnostic error = capital
                ? Diagnostic.error("NND0102", name.span(), "there is no layer `" + text + "`")
                : Diagnostic.error("NND0101", name.span(), "there is no `" + text + "` here");
        if (c.problems().errors() > MOST_SUGGESTIONS) {
            return error;
        }
        var here = new TreeSet<>(env.scope().names());
        var known = new TreeSet<>(here);
        known.addAll(env.home().names(d -> d instanceof Decl.Block || d instanceof Decl.Function));
        known.addAll(Builtins.names());
        Optional<String> meant = Foreign.name(text).or(() -> Nearest.to(text, known));
        boolean listed = meant.isEmpty() && !capital && !here.isEmpty() && here.size() <= MOST_LISTED;
        return listed ? listed(error, name, env) : suggest(error, name.span(), meant);
    }

    /** The names in sight; each of them may be meant. */
    private static Diagnostic listed(Diagnostic error, Expr.Name name, Env env) {
        var guesses = env.scope().names().stream()
                .limit(MOST_GUESSES)
                .map(n -> new Diagnostic.Candidate(
                        "write `" + n + "` for `" + name.name() + "`", Diagnostic.Fix.of(name.span(), n), false))
                .toList();
        return error.help("the names here are " + String.join(", ", env.scope().names()))
                .withCandidates(guesses);
    }

    /** Adds a suggestion, if there is one. */
    static Diagnostic suggest(Diagnostic error, Span span, Optional<String> meant) {
        return meant.map(m -> error.help("did you mean `" + m + "`?").fix(span, m))
                .orElse(error);
    }

    /** A list of constants, or a tuple if it holds values of run time. */
    private Val list(Expr.ListLiteral list, Env env) {
        var items = new ArrayList<Val>();
        boolean ok = true;
        for (Expr item : list.items()) {
            Val value = eval(item, env);
            boolean holds = value instanceof Val.Const || value instanceof Val.Tensor || value instanceof Val.Tuple;
            ok &= holds || value instanceof Val.Function;
            if (!ok && !holds && !(value instanceof Val.Poison)) {
                c.report(Diagnostic.error(
                        "NND0205",
                        item.span(),
                        "a list holds tensors or values known at compile time, got " + Val.describe(value)));
            }
            items.add(value instanceof Val.Function f ? new Val.Const(c.constant(f.ref())) : value);
        }
        return ok ? Lists.of(items) : Val.POISON;
    }

    private Val choice(Expr.If choice, Env env) {
        Optional<Boolean> condition = condition(choice.condition(), env);
        if (condition.isPresent()) {
            return eval(condition.get() ? choice.then() : choice.otherwise(), env);
        }
        eval(choice.then(), env.inner());
        eval(choice.otherwise(), env.inner());
        return Val.POISON;
    }

    /** A condition decided at compile time; empty if it is not, which is reported unless the check is generic. */
    Optional<Boolean> condition(Expr condition, Env env) {
        return truth(eval(condition, env), condition);
    }

    /** What a condition came to. */
    Optional<Boolean> truth(Val value, Expr condition) {
        return switch (value) {
            case Val.Const(Constant.Bool(boolean truth)) -> Optional.of(truth);
            case Val.Poison p -> Optional.empty();
            case Val.Condition k -> {
                c.dims().undecided(k.condition(), condition);
                yield Optional.empty();
            }
            case Val.Tensor t -> {
                c.report(t.trace()
                        .mark(Diagnostic.error(
                                "NND0212", condition.span(), "the condition is not known at compile time"))
                        .help("for a choice at run time write `select(condition, a, b)`"));
                yield Optional.empty();
            }
            case Val other -> {
                c.report(Diagnostic.error(
                        "NND0213", condition.span(), "a condition is a bool, got " + Val.describe(other)));
                yield Optional.empty();
            }
        };
    }

    private Val range(Expr.Range range, Env env) {
        Optional<Long> from = constant(range.from(), env, "the start of a range");
        Optional<Long> to = constant(range.to(), env, "the end of a range");
        if (from.isEmpty() || to.isEmpty()) {
            return Val.POISON;
        }
        if (to.get() - from.get() > LONGEST_RANGE) {
            return c.fail(Diagnostic.error(
                    "NND0224",
                    range.span(),
                    "the range has " + (to.get() - from.get()) + " steps; the most is " + LONGEST_RANGE));
        }
        var items = new ArrayList<Constant>();
        for (long i = from.get(); i < to.get(); i++) {
            items.add(new Constant.Int(Dim.of(i)));
        }
        return new Val.Const(new Constant.ListOf(items));
    }

    /** A whole number without variables. */
    Optional<Long> constant(Expr expr, Env env, String what) {
        Optional<Dim> dim = c.types().integer(expr, env, what);
        if (dim.isEmpty()) {
            return Optional.empty();
        }
        if (dim.get().constant().isEmpty()) {
            if (!c.generic()) {
                c.report(Diagnostic.error(
                        "NND0212",
                        expr.span(),
                        what + " is not known at compile time: it depends on "
                                + String.join(", ", dim.get().variables())));
            }
            return Optional.empty();
        }
        return Optional.of(dim.get().constant().getAsLong());
    }

    private Val member(Expr.Member member, Env env) {
        Optional<String> meant = Foreign.qualified(member);
        String root = Foreign.root(member);
        boolean known =
                env.scope().find(root).isPresent() || env.home().find(root).isPresent();
        if (meant.isPresent() && !known) {
            return c.fail(suggest(
                    Diagnostic.error(
                            "NND0102",
                            member.span(),
                            "layers and functions have no prefix here: `"
                                    + member.span().text() + "` is `" + meant.get() + "`"),
                    member.span(),
                    meant));
        }
        Optional<Val> ofData = new DataProperties(c).value(member, env);
        if (ofData.isPresent()) {
            return ofData.get();
        }
        Val target = eval(member.target(), env);
        String name = member.member().name();
        return switch (target) {
            case Val.Outputs o -> {
                int at = o.names().indexOf(name);
                yield at >= 0 ? o.values().get(at) : noMember(member, "`" + o.of() + "` has no output", o.names());
            }
            case Val.Instance i -> weight(i, member, env);
            case Val.Poison p -> p;
            case Val.Tensor t -> c.fail(Methods.error(member, t));
            case Val other ->
                c.fail(Diagnostic.error(
                        "NND0118", member.member().span(), Val.describe(other) + " has no `." + name + "`"));
        };
    }

    private Val weight(Val.Instance instance, Expr.Member member, Env env) {
        String name = member.member().name();
        var layer = env.body().layer(instance.name());
        if (layer.isEmpty()) {
            return c.fail(Diagnostic.error(
                            "NND0118",
                            member.span(),
                            "the weights of `" + instance.name() + "` have no shape before its first call")
                    .label(instance.declared(), "declared here"));
        }
        var params = layer.get().block().params();
        for (var param : params) {
            if (param.name().equals(name)) {
                var expr = new TypedExpr.LayerParam(instance.name(), name, param.type(), member.span());
                var trace = Trace.at(c.problems().place(member.span()), "is " + param.type());
                return new Val.Tensor(expr, trace);
            }
        }
        return noMember(
                member,
                "`" + instance.name() + "` has no weight",
                params.stream().map(p -> p.name()).toList());
    }

    private Val noMember(Expr.Member member, String what, List<String> known) {
        Diagnostic error = Diagnostic.error(
                "NND0118", member.member().span(), what + " `" + member.member().name() + "`");
        Optional<String> near = Nearest.to(member.member().name(), known);
        return c.fail(
                near.isPresent() || known.isEmpty()
                        ? suggest(error, member.member().span(), near)
                        : error.help("there is `" + String.join("`, `", known) + "`"));
    }
}
