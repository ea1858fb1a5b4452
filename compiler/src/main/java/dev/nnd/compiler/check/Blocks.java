package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Blocks and models: arguments applied, inputs matched, bodies checked once per distinct use. */
final class Blocks {

    /** What makes two uses of one declaration equal. */
    private record Key(Map<String, Constant> arguments, List<TensorType> inputs) {}

    /** A checked body and how its outputs' dims came about. */
    record Instantiated(TypedBlock block, List<Optional<String>> derivations) {}

    private final Checking c;
    private final Map<Decl.Block, Map<Key, Instantiated>> done = new IdentityHashMap<>();
    private final Set<Decl.Block> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Decl.Block> active = new ArrayDeque<>();

    Blocks(Checking c) {
        this.c = c;
    }

    /** True if the body was checked in some use. */
    boolean reached(Decl.Block block) {
        return reached.contains(block);
    }

    /** Applies arguments and defaults; empty if something was reported. */
    Optional<Val.BlockUse> use(Val.BlockName block, List<Expr.Argument> arguments, At at) {
        Decl.Block declaration = block.declaration();
        String what = "`" + declaration.name().name() + "`";
        var matched = c.arguments().match(what, Arguments.slots(declaration.parameters()), List.of(), arguments, at);
        if (!matched.ok()) {
            matched.values().values().stream()
                    .filter(g -> g.value() instanceof Val.Tensor)
                    .findFirst()
                    .ifPresent(g -> tensorAsArgument(what, g));
            return Optional.empty();
        }
        return c.problems().within(at.span(), what, () -> apply(block, matched));
    }

    private void tensorAsArgument(String what, Arguments.Given given) {
        c.report(Diagnostic.error("NND0205", given.span(), "a tensor is not an argument of " + what)
                .help("hand it over with `->`: `" + given.span().text() + " -> " + what.replace("`", "") + "(...)`"));
    }

    private Optional<Val.BlockUse> apply(Val.BlockName block, Arguments.Matched matched) {
        Decl.Block declaration = block.declaration();
        var scope = new Scope(null);
        var env = new Env(block.home(), scope, new Body(declaration.span().file()), true);
        var values = new LinkedHashMap<String, Constant>();
        boolean ok = true;
        for (Decl.Parameter parameter : declaration.parameters()) {
            String name = parameter.name().name();
            Optional<Arguments.Given> given = matched.get(name);
            Val value = given.isPresent()
                    ? given.get().value()
                    : c.expressions().eval(parameter.defaultValue().orElseThrow(), env);
            Span span = given.map(Arguments.Given::span).orElse(parameter.span());
            String what = "`" + name + "` of `" + declaration.name().name() + "`";
            Optional<Constant> constant = c.kinds().fit(value, parameter.type(), what, span);
            scope.define(
                    name,
                    Scope.Kind.PARAMETER,
                    parameter.name().span(),
                    constant.map(c::value).orElse(Val.POISON));
            constant.ifPresent(k -> values.put(name, k));
            ok &= constant.isPresent();
        }
        return ok
                ? Optional.of(new Val.BlockUse(declaration, block.home(), values))
                : Optional.empty();
    }

    /** A new instance called at once: a stage of a pipe. */
    Val callNew(Val.Made made, Optional<Ident> name, List<Arguments.Given> inputs, At at) {
        if (at.env().pure()) {
            return weightsInFunction(made, at);
        }
        Body body = at.env().body();
        String word;
        if (name.isPresent()) {
            word = name.get().name();
            if (taken(body, name.get())) {
                return Val.POISON;
            }
        } else {
            word = body.word(snake(made.use().name()), made.span());
        }
        return call(new Val.Instance(body.indexed(word), made.use(), made.span()), inputs, at);
    }

    /** Reports a name of an instance or weight that is in use already. */
    boolean taken(Body body, Ident name) {
        Optional<Span> first = body.taken(name.name(), name.span());
        first.ifPresent(f -> c.report(Diagnostic.error(
                        "NND0117", name.span(), "there are weights named `" + name.name() + "` here already")
                .label(f, "the first is here")));
        return first.isPresent();
    }

    private Val weightsInFunction(Val.Made made, At at) {
        return c.fail(Diagnostic.error(
                        "NND0219",
                        at.span(),
                        "a function cannot make weights, and `" + made.use().name() + "` has them")
                .help("make it a `block`, or make the layer outside and hand its result over"));
    }

    /** {@code MaxPool2d} to {@code max_pool2d}. */
    static String snake(String name) {
        var out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            boolean capital = Character.isUpperCase(letter);
            boolean afterSmall = i > 0 && !Character.isUpperCase(name.charAt(i - 1)) && name.charAt(i - 1) != '_';
            boolean beforeSmall = i > 0 && i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
            if (capital && i > 0 && name.charAt(i - 1) != '_' && (afterSmall || beforeSmall)) {
                out.append('_');
            }
            out.append(letter);
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }

    /** A layer applied to inputs. */
    Val call(Val.Instance instance, List<Arguments.Given> given, At at) {
        Optional<List<Signatures.Actual>> inputs = tensors(instance.use(), given, at);
        if (inputs.isEmpty()) {
            return Val.POISON;
        }
        Optional<Instantiated> made = instantiate(instance.use(), inputs.get(), at);
        if (made.isEmpty()) {
            return Val.POISON;
        }
        Body body = at.env().body();
        TypedBlock block = made.get().block();
        Optional<TypedBlock.Layer> before = body.layer(instance.name());
        if (before.isPresent() && !sameWeights(before.get().block(), block)) {
            return c.fail(Diagnostic.error(
                            "NND0322",
                            at.span(),
                            "the layer `" + instance.name() + "` is shared, but its weights would have other shapes here")
                    .label(before.get().span(), "its shapes come from here"));
        }
        Span span = c.problems().place(at.span(), body.file());
        body.layer(instance.name(), block, span);
        List<Val.Tensor> operands =
                inputs.get().stream().map(Signatures.Actual::value).toList();
        List<TypedExpr> results = body.call(
                instance.name(), block, operands.stream().map(Val.Tensor::expr).toList(), span);
        return results(instance, made.get(), operands.getFirst(), results, at);
    }

    /** Equal uses share one object, so most comparisons end at once. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameWeights(TypedBlock a, TypedBlock b) {
        if (a == b) {
            return true;
        }
        boolean same = a.params().size() == b.params().size() && a.layers().size() == b.layers().size();
        for (int i = 0; same && i < a.params().size(); i++) {
            same = a.params().get(i).type().equals(b.params().get(i).type());
        }
        for (int i = 0; same && i < a.layers().size(); i++) {
            same = sameWeights(a.layers().get(i).block(), b.layers().get(i).block());
        }
        return same;
    }

    private Val results(
            Val.Instance instance, Instantiated made, Val.Tensor first, List<TypedExpr> results, At at) {
        var values = new ArrayList<Val.Tensor>();
        for (int i = 0; i < results.size(); i++) {
            TypedExpr result = results.get(i);
            Trace trace = c.trace(first, result.type(), at.span(), made.derivations().get(i));
            values.add(new Val.Tensor(result, trace));
        }
        return values.size() == 1
                ? values.getFirst()
                : new Val.Outputs(
                        instance.use().name(),
                        made.block().outputs().stream()
                                .map(TypedBlock.Output::name)
                                .toList(),
                        values);
    }

    private Optional<List<Signatures.Actual>> tensors(Val.BlockUse use, List<Arguments.Given> given, At at) {
        List<Stmt.Input> declared = inputs(use.declaration());
        if (given.stream().anyMatch(g -> g.value() instanceof Val.Poison)) {
            return Optional.empty();
        }
        if (declared.size() != given.size()) {
            c.report(Diagnostic.error(
                            "NND0210",
                            at.span(),
                            "`" + use.name() + "` takes " + count(declared.size(), "input") + ", got " + given.size())
                    .help("its inputs are " + String.join(", ", declared.stream().map(i -> "`" + i.name().name() + "`").toList())));
            return Optional.empty();
        }
        var actual = new ArrayList<Signatures.Actual>();
        for (int i = 0; i < declared.size(); i++) {
            Stmt.Input input = declared.get(i);
            if (!(given.get(i).value() instanceof Val.Tensor t)) {
                notTensor(use, input, given.get(i));
                return Optional.empty();
            }
            actual.add(new Signatures.Actual(input.type(), t, given.get(i).span(), input.span()));
        }
        return Optional.of(actual);
    }

    private void notTensor(Val.BlockUse use, Stmt.Input input, Arguments.Given given) {
        Diagnostic error = Diagnostic.error(
                given.value() instanceof Val.Made ? "NND0206" : "NND0205",
                given.span(),
                "`" + input.name().name() + "` of `" + use.name() + "` takes a tensor, got "
                        + Val.describe(given.value()));
        c.report(given.value() instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
    }

    private static String count(int n, String word) {
        return n + " " + word + (n == 1 ? "" : "s");
    }

    /** The inputs of a block in order. */
    static List<Stmt.Input> inputs(Decl.Block block) {
        return block.body().stream()
                .filter(s -> s instanceof Stmt.Input)
                .map(s -> (Stmt.Input) s)
                .toList();
    }

    private Optional<Instantiated> instantiate(Val.BlockUse use, List<Signatures.Actual> inputs, At at) {
        var key = new Key(
                use.arguments(), inputs.stream().map(i -> i.value().type()).toList());
        Map<Key, Instantiated> known = done.computeIfAbsent(use.declaration(), d -> new HashMap<>());
        Instantiated before = known.get(key);
        if (before != null) {
            return Optional.of(before);
        }
        if (active.contains(use.declaration())) {
            recursive(use, at);
            return Optional.empty();
        }
        active.push(use.declaration());
        try {
            Optional<Instantiated> made = check(use, inputs, at);
            made.filter(m -> !c.generic()).ifPresent(m -> known.put(key, m));
            return made;
        } finally {
            active.pop();
        }
    }

    private void recursive(Val.BlockUse use, At at) {
        c.report(Diagnostic.error("NND0113", at.span(), "`" + use.name() + "` contains itself")
                .label(use.declaration().name().span(), "declared here")
                .note("a block's weights are counted before it runs, so it cannot contain itself")
                .help("to stack a block, write `-> " + use.name() + "(...) * n` outside of it"));
    }

    private Optional<Instantiated> check(Val.BlockUse use, List<Signatures.Actual> inputs, At at) {
        Scope scope = parameters(use);
        var env = new Env(use.home(), scope, new Body(use.declaration().span().file()), false);
        var named = new LinkedHashMap<String, Signatures.Actual>();
        List<Stmt.Input> declared = inputs(use.declaration());
        for (int i = 0; i < declared.size(); i++) {
            named.put(declared.get(i).name().name(), inputs.get(i));
        }
        if (!c.signatures().unify("`" + use.name() + "`", named, new At(at.span(), env))) {
            return Optional.empty();
        }
        boolean root = at.span().equals(use.declaration().name().span());
        return root
                ? body(use, inputs, env)
                : c.problems().within(at.span(), "`" + use.name() + "`", () -> body(use, inputs, env));
    }

    private Scope parameters(Val.BlockUse use) {
        var scope = new Scope(null);
        for (Decl.Parameter p : use.declaration().parameters()) {
            Constant value = use.arguments().get(p.name().name());
            scope.define(
                    p.name().name(),
                    Scope.Kind.PARAMETER,
                    p.name().span(),
                    value == null ? Val.POISON : c.value(value));
        }
        return scope;
    }

    private Optional<Instantiated> body(Val.BlockUse use, List<Signatures.Actual> actual, Env outer) {
        reached.add(use.declaration());
        int before = c.problems().errors();
        Env env = outer.inner();
        var inputs = new ArrayList<TypedBlock.Input>();
        List<Stmt.Input> declared = inputs(use.declaration());
        for (int i = 0; i < declared.size(); i++) {
            Stmt.Input input = declared.get(i);
            TensorType type = actual.get(i).value().type();
            Val.Tensor value = Signatures.input(input.name(), input.span(), type)
                    .with(inside(input, actual.get(i).value().trace(), type));
            if (c.statements().fresh(input.name(), Scope.Kind.INPUT, env)) {
                env.scope().define(input.name().name(), Scope.Kind.INPUT, input.span(), value);
            }
            inputs.add(new TypedBlock.Input(input.name().name(), input.doc(), type, input.span()));
        }
        c.statements().run(use.declaration().body(), env, false);
        Body body = env.body();
        if (declared.isEmpty() || body.outputs().isEmpty()) {
            if (c.problems().errors() == before) {
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
                body.outputs());
        return Optional.of(new Instantiated(block, body.derivations()));
    }

    /** Where an input's shape comes from, seen from inside: its declaration, or for the library what the user handed over. */
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
            c.report(Diagnostic.error("NND0225", block.name().span(), "`" + block.name().name() + "` has no " + what)
                    .help("add `" + what + (what.equals("input") ? " x: f32[N, 10]`" : " y = ...`")));
        }
    }

    /** A model or block with all its default arguments and inputs as its signature says. */
    Optional<TypedBlock> root(Decl.Block declaration, FileScope home) {
        var block = new Val.BlockName(declaration, home);
        var at = new At(declaration.name().span(), new Env(home, new Scope(null), new Body(declaration.span().file()), true));
        Optional<Val.BlockUse> use = use(block, List.of(), at);
        return use.flatMap(u -> withOwnInputs(u, at)).map(Instantiated::block);
    }

    /** A block checked with unknown arguments and inputs as its signature says. */
    void generic(Decl.Block declaration, FileScope home) {
        c.generic(true);
        var arguments = new LinkedHashMap<String, Constant>();
        for (Decl.Parameter parameter : declaration.parameters()) {
            if (genericValue(parameter) instanceof Val.Const(Constant k)) {
                arguments.put(parameter.name().name(), k);
            }
        }
        var env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
        withOwnInputs(
                new Val.BlockUse(declaration, home, arguments), new At(declaration.name().span(), env));
        c.generic(false);
    }

    /** What stands for a parameter without argument: an int is a variable, all else is not decided. */
    Val genericValue(Decl.Parameter parameter) {
        boolean isInt = parameter.type() instanceof TypeExpr.Named n
                && n.name().name().equals("int");
        return isInt
                ? new Val.Const(new Constant.Int(Dim.variable(parameter.name().name())))
                : Val.POISON;
    }

    private Optional<Instantiated> withOwnInputs(Val.BlockUse use, At at) {
        Scope scope = parameters(use);
        var env = at.env().in(scope);
        var inputs = new ArrayList<Signatures.Actual>();
        List<Stmt.Input> declared = inputs(use.declaration());
        declared.forEach(i -> c.signatures().declareDims(i.type(), scope));
        for (Stmt.Input input : declared) {
            Optional<TensorType> type = c.types().tensor(input.type(), env);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            Val.Tensor value = Signatures.input(input.name(), input.span(), type.get());
            inputs.add(new Signatures.Actual(input.type(), value, input.span(), input.span()));
        }
        return instantiate(use, inputs, at);
    }
}
