package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Layers applied to values: new instances in pipes, and layers that are called again. */
final class LayerCalls {

    private final Checking c;
    private final Lookups lookups;

    LayerCalls(Checking c) {
        this.c = c;
        this.lookups = new Lookups(c);
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
        first.ifPresent(f -> c.report(
                Diagnostic.error("NND0117", name.span(), "there are weights named `" + name.name() + "` here already")
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
        Optional<List<Optional<Signatures.Actual>>> inputs = tensors(instance.use(), given, at);
        if (inputs.isEmpty()) {
            return Val.POISON;
        }
        Optional<Blocks.Instantiated> made = c.blocks().instantiate(instance.use(), inputs.get(), at);
        if (made.isEmpty()) {
            return Val.POISON;
        }
        Body body = at.env().body();
        TypedBlock block = made.get().block();
        c.recorder().layer(at.span(), block);
        Optional<TypedBlock.Layer> before = body.layer(instance.name());
        if (before.isPresent() && !sameWeights(before.get().block(), block)) {
            return c.fail(Diagnostic.error(
                            "NND0322",
                            at.span(),
                            "the layer `" + instance.name()
                                    + "` is shared, but its weights would have other shapes here")
                    .label(before.get().span(), "its shapes come from here"));
        }
        c.dims().assumeAll(block.requirements(), body);
        Span span = c.problems().place(at.span(), body.file());
        body.layer(instance.name(), block, span);
        List<Signatures.Actual> present =
                inputs.get().stream().flatMap(Optional::stream).toList();
        lookups.check(instance, block, present);
        List<Val.Tensor> operands =
                present.stream().map(Signatures.Actual::value).toList();
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
        boolean same = a.params().size() == b.params().size()
                && a.layers().size() == b.layers().size();
        TypedBlock last = a;
        for (int i = 0; same && i < a.params().size(); i++) {
            same = a.params().get(i).type().equals(b.params().get(i).type());
        }
        for (int i = 0; same && i < a.layers().size(); i++) {
            // Layers in a row are often of one block, which is compared once.
            TypedBlock next = a.layers().get(i).block();
            same = (i > 0
                            && next == last
                            && b.layers().get(i).block()
                                    == b.layers().get(i - 1).block())
                    || sameWeights(next, b.layers().get(i).block());
            last = next;
        }
        return same;
    }

    private Val results(
            Val.Instance instance, Blocks.Instantiated made, Val.Tensor first, List<TypedExpr> results, At at) {
        var values = new ArrayList<Val.Tensor>();
        for (int i = 0; i < results.size(); i++) {
            TypedExpr result = results.get(i);
            Trace trace =
                    c.trace(first, result.type(), at.span(), made.derivations().get(i));
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

    private Optional<List<Optional<Signatures.Actual>>> tensors(Val.BlockUse use, List<Arguments.Given> given, At at) {
        List<Stmt.Input> declared = Blocks.inputs(use.declaration());
        if (given.stream().anyMatch(g -> g.value() instanceof Val.Poison)) {
            return Optional.empty();
        }
        int needed = declared.size();
        while (needed > 0 && declared.get(needed - 1).otherwise().isPresent()) {
            needed--;
        }
        if (given.size() < needed || given.size() > declared.size()) {
            String range = needed == declared.size() ? "" : needed + " to ";
            c.report(Diagnostic.error(
                            "NND0210",
                            at.span(),
                            "`" + use.name() + "` takes " + range + count(declared.size(), "input") + ", got "
                                    + given.size())
                    .help("its inputs are "
                            + String.join(
                                    ", ",
                                    declared.stream()
                                            .map(i -> "`" + i.name().name() + "`")
                                            .toList())));
            return Optional.empty();
        }
        var actual = new ArrayList<Optional<Signatures.Actual>>();
        for (int i = 0; i < declared.size(); i++) {
            Stmt.Input input = declared.get(i);
            boolean absent = i >= given.size() || given.get(i).value() instanceof Val.None;
            if (absent && input.otherwise().isPresent()) {
                actual.add(Optional.empty());
                continue;
            }
            if (!(given.get(i).value() instanceof Val.Tensor t)) {
                notTensor(use, input, given.get(i));
                return Optional.empty();
            }
            actual.add(Optional.of(
                    new Signatures.Actual(input.type(), t, given.get(i).span(), input.span())));
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
}
