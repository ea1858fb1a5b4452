package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Assumptions;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Blocks and models: arguments applied, inputs matched, bodies checked once per distinct use. */
final class Blocks {

    /** What makes two uses of one declaration equal. */
    private record Key(
            Map<String, Constant> arguments,
            List<Optional<TensorType>> inputs,
            List<DimCondition> known,
            boolean generic) {}

    /** A checked body and how its outputs' dims came about. */
    record Instantiated(TypedBlock block, List<Optional<String>> derivations) {}

    private final Checking c;
    private static final int MOST_REPEATED = 200;

    private final Map<Decl.Block, Map<Key, Optional<Instantiated>>> done = new IdentityHashMap<>();
    private final Set<Decl.Block> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Decl.Block> active = new ArrayDeque<>();

    private int repeated;

    Blocks(Checking c) {
        this.c = c;
    }

    /** True if the body was checked in some use. */
    boolean reached(Decl.Block block) {
        return reached.contains(block);
    }

    /** The inputs of a block in order. */
    static List<Stmt.Input> inputs(Decl.Block block) {
        return block.body().stream()
                .filter(s -> s instanceof Stmt.Input)
                .map(s -> (Stmt.Input) s)
                .toList();
    }

    /** The checked body for these arguments and input types, made once; empty if something was reported. */
    Optional<Instantiated> instantiate(Val.BlockUse use, List<Optional<Signatures.Actual>> inputs, At at) {
        Key key = key(use, inputs);
        Map<Key, Optional<Instantiated>> known = done.computeIfAbsent(use.declaration(), d -> new HashMap<>());
        Optional<Instantiated> before = known.getOrDefault(key, Optional.empty());
        if (before.isPresent()) {
            return before;
        }
        // A use that fails is checked again, so that every place is told; but not without end.
        if (known.containsKey(key) && ++repeated > MOST_REPEATED) {
            c.problems().again();
            return Optional.empty();
        }
        if (active.contains(use.declaration())) {
            recursive(use, at);
            return Optional.empty();
        }
        if (!c.enter(at.span(), "`" + use.name() + "`")) {
            return Optional.empty();
        }
        active.push(use.declaration());
        try {
            Optional<Instantiated> made = check(use, inputs, at);
            known.put(key, made);
            return made;
        } finally {
            active.pop();
            c.leave();
        }
    }

    private Key key(Val.BlockUse use, List<Optional<Signatures.Actual>> inputs) {
        List<Optional<TensorType>> types =
                inputs.stream().map(i -> i.map(a -> a.value().type())).toList();
        var variables = new HashSet<String>();
        types.stream().flatMap(Optional::stream).forEach(t -> t.dims().forEach(d -> variables.addAll(d.variables())));
        use.arguments().values().forEach(a -> variables(a, variables));
        return new Key(use.arguments(), types, c.assumptions().about(variables).conditions(), c.generic());
    }

    private static void variables(Constant constant, Set<String> into) {
        if (constant instanceof Constant.Int(Dim dim)) {
            into.addAll(dim.variables());
        } else if (constant instanceof Constant.ListOf(List<Constant> items)) {
            items.forEach(i -> variables(i, into));
        }
    }

    private void recursive(Val.BlockUse use, At at) {
        c.report(Diagnostic.error("NND0113", at.span(), "`" + use.name() + "` contains itself")
                .label(use.declaration().name().span(), "declared here")
                .note("a block's weights are counted before it runs, so it cannot contain itself")
                .help("to stack a block, write `-> " + use.name() + "(...) * n` outside of it"));
    }

    private Optional<Instantiated> check(Val.BlockUse use, List<Optional<Signatures.Actual>> inputs, At at) {
        Scope scope = parameters(use);
        var env = new Env(use.home(), scope, new Body(use.declaration().span().file()), false);
        var named = new LinkedHashMap<String, Signatures.Actual>();
        List<Stmt.Input> declared = inputs(use.declaration());
        for (int i = 0; i < declared.size(); i++) {
            String name = declared.get(i).name().name();
            inputs.get(i).ifPresent(actual -> named.put(name, actual));
        }
        if (!c.signatures().unify("`" + use.name() + "`", named, new At(at.span(), env))) {
            return Optional.empty();
        }
        boolean root = at.span().equals(use.declaration().name().span());
        return root
                ? c.recorder().within(use, c.generic(), () -> body(use, inputs, env))
                : c.problems()
                        .within(
                                at.span(),
                                "`" + use.name() + "`",
                                () -> c.recorder().within(use, false, () -> body(use, inputs, env)));
    }

    private Scope parameters(Val.BlockUse use) {
        var scope = new Scope(null);
        for (Decl.Parameter p : use.declaration().parameters()) {
            Constant value = use.arguments().get(p.name().name());
            Val known = value == null ? Val.POISON : c.value(value);
            scope.define(
                    p.name().name(),
                    Scope.Kind.PARAMETER,
                    p.name().span(),
                    FunctionTypes.typed(known, p, use.home(), scope));
        }
        return scope;
    }

    private Optional<Instantiated> body(Val.BlockUse use, List<Optional<Signatures.Actual>> actual, Env outer) {
        reached.add(use.declaration());
        c.recorder().scope(outer.scope());
        int before = c.problems().errors();
        Env env = outer.inner();
        var inputs = new ArrayList<TypedBlock.Input>();
        List<Stmt.Input> declared = inputs(use.declaration());
        inOrder(declared);
        for (int i = 0; i < declared.size(); i++) {
            Stmt.Input input = declared.get(i);
            if (actual.get(i).isEmpty()) {
                otherwise(use, input, outer, env);
                continue;
            }
            Val.Tensor given = actual.get(i).get().value();
            TensorType type = given.type();
            Val.Tensor value =
                    Signatures.input(input.name(), input.span(), type).with(inside(input, given.trace(), type));
            c.recorder().value(input.name().span(), value);
            if (c.statements().fresh(input.name(), Scope.Kind.INPUT, env)) {
                env.scope().define(input.name().name(), Scope.Kind.INPUT, input.span(), value);
            }
            inputs.add(new TypedBlock.Input(input.name().name(), input.doc(), type, input.span()));
        }
        c.statements().run(use.declaration().body(), env, false);
        Body body = env.body();
        if (declared.isEmpty() || body.outputs().isEmpty()) {
            boolean written =
                    !declared.isEmpty() && writesOutput(use.declaration().body());
            if (c.problems().errors() == before && !written) {
                incomplete(use.declaration(), declared.isEmpty() ? "input" : "output");
            }
            return Optional.empty();
        }
        if (c.problems().errors() > before) {
            return Optional.empty();
        }
        var block = new TypedBlock(
                use.declaration(),
                use.home().isLibrary(),
                use.arguments(),
                inputs,
                body.params(),
                body.layers(),
                body.bindings(),
                body.outputs(),
                requirements(body));
        c.statements().budgets(body, block);
        block = block.withRequirements(body.requirements());
        c.recorder().layer(use.declaration().name().span(), block);
        return Optional.of(new Instantiated(block, body.derivations()));
    }

    /** Inputs are given in order, so those that may be left out are the last. */
    private void inOrder(List<Stmt.Input> declared) {
        for (int i = 1; i < declared.size(); i++) {
            Stmt.Input before = declared.get(i - 1);
            Stmt.Input input = declared.get(i);
            if (before.otherwise().isPresent() && input.otherwise().isEmpty()) {
                c.report(Diagnostic.error(
                                "NND0239",
                                input.name().span(),
                                "the input `" + input.name().name() + "` is needed, but `"
                                        + before.name().name() + "` before it may be left out")
                        .label(before.span(), "may be left out")
                        .help("declare the inputs that may be left out last"));
                return;
            }
        }
    }

    /** An input that is not given is what its declaration says; a tensor has the declared type. */
    private void otherwise(Val.BlockUse use, Stmt.Input input, Env outer, Env env) {
        Val value = c.expressions().eval(input.otherwise().orElseThrow(), env);
        if (value instanceof Val.Tensor t) {
            var actual = new Signatures.Actual(input.type(), t, input.span(), input.span());
            boolean fits = c.signatures()
                    .unify("`" + use.name() + "`", Map.of(input.name().name(), actual), new At(input.span(), outer));
            value = fits ? t : Val.POISON;
        } else if (!(value instanceof Val.None) && !(value instanceof Val.Poison)) {
            value = c.fail(Diagnostic.error(
                            "NND0238",
                            input.otherwise().orElseThrow().span(),
                            "an input that is not given is `none` or another input, got " + Val.describe(value))
                    .help("a value that is known at compile time is a parameter of the block"));
        }
        if (c.statements().fresh(input.name(), Scope.Kind.INPUT, env)) {
            env.scope().define(input.name().name(), Scope.Kind.INPUT, input.span(), value);
        }
    }

    /** What was required, and the equations that the types in it rely on. */
    private List<Requirement> requirements(Body body) {
        for (DimCondition equation : c.dims().takeEquations()) {
            body.require(new Requirement(
                    equation, "", Map.of(), body.outputs().getFirst().span(), Requirement.Kind.EQUATION));
        }
        return body.requirements();
    }

    /** True if an `output` is written, also one whose value has an error that was reported elsewhere. */
    private static boolean writesOutput(List<Stmt> statements) {
        return statements.stream().anyMatch(s -> s instanceof Stmt.Output);
    }

    /** Where an input's shape comes from, seen from inside: its declaration, or for the library what was handed over. */
    private Trace inside(Stmt.Input input, Trace outside, TensorType type) {
        if (StandardLibrary.holds(input.span().file())) {
            return outside;
        }
        boolean own = outside.span().equals(input.span());
        return new Trace(
                input.span(),
                "`" + input.name().name() + "` is " + type,
                Optional.empty(),
                own ? Optional.empty() : Optional.of(outside));
    }

    private void incomplete(Decl.Block block, String what) {
        if (!c.generic()) {
            c.report(Diagnostic.error(
                            "NND0225", block.name().span(), "`" + block.name().name() + "` has no " + what)
                    .help("add `" + what + (what.equals("input") ? " x: f32[N, 10]`" : " y = ...`")));
        }
    }

    /** A model or block with all its default arguments and inputs as its signature says. */
    Optional<TypedBlock> root(Decl.Block declaration, FileScope home) {
        var block = new Val.BlockName(declaration, home);
        var at = new At(
                declaration.name().span(),
                new Env(home, new Scope(null), new Body(declaration.span().file()), true));
        c.assumptions(Assumptions.NONE);
        c.dims().root(declaration);
        Optional<Val.BlockUse> use = c.uses().use(block, List.of(), at);
        return use.flatMap(u -> withOwnInputs(u, at)).map(Instantiated::block);
    }

    /** A model with these arguments and inputs as its signature says. */
    Optional<TypedBlock> root(Decl.Block declaration, FileScope home, Map<String, Constant> arguments) {
        c.assumptions(Assumptions.NONE);
        c.dims().root(declaration);
        var env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
        return withOwnInputs(
                        new Val.BlockUse(declaration, home, arguments),
                        new At(declaration.name().span(), env))
                .map(Instantiated::block);
    }

    /** A block checked with unknown arguments and inputs as its signature says. */
    void generic(Decl.Block declaration, FileScope home) {
        c.generic(true);
        c.assumptions(Assumptions.NONE);
        c.dims().root(declaration);
        var arguments = new LinkedHashMap<String, Constant>();
        for (Decl.Parameter parameter : declaration.parameters()) {
            if (genericValue(parameter) instanceof Val.Const(Constant k)) {
                arguments.put(parameter.name().name(), k);
            }
        }
        var env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
        withOwnInputs(
                new Val.BlockUse(declaration, home, arguments),
                new At(declaration.name().span(), env));
        c.generic(false);
    }

    /** What stands for a parameter without argument: an int is a variable, all else is not decided. */
    Val genericValue(Decl.Parameter parameter) {
        boolean isInt =
                parameter.type() instanceof TypeExpr.Named n && n.name().name().equals("int");
        return isInt
                ? new Val.Const(new Constant.Int(Dim.anyInt(parameter.name().name())))
                : Val.POISON;
    }

    private Optional<Instantiated> withOwnInputs(Val.BlockUse use, At at) {
        Scope scope = parameters(use);
        var env = at.env().in(scope);
        var inputs = new ArrayList<Optional<Signatures.Actual>>();
        List<Stmt.Input> declared = inputs(use.declaration());
        declared.forEach(i -> c.signatures().declareDims(i.type(), scope));
        if (c.generic() && declared.stream().anyMatch(i -> Calls.anyTensor(i.type()))) {
            return Optional.empty();
        }
        for (Stmt.Input input : declared) {
            Optional<TensorType> type = c.types().tensor(input.type(), env);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            Val.Tensor value = Signatures.input(input.name(), input.span(), type.get());
            inputs.add(Optional.of(new Signatures.Actual(input.type(), value, input.span(), input.span())));
        }
        return instantiate(use, inputs, at);
    }
}
