package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** {@code adapt net.layers using lora(rank: 8)}: adapters are trained in place of all weights of the model. */
final class AdapterRules {

    private static final String CODE = "NND0549";
    private static final String RESULT = "adapter";
    private static final String WEIGHT = ".weight";

    private final Checking c;
    private final Env env;

    /** What {@code lora(...)} says. */
    private record Lora(long rank, double alpha, List<Expr> train) {}

    AdapterRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    /** The section with the adapters that it asks for; what is wrong is reported. */
    TypedTrain applied(TypedTrain train, List<TrainItem.Adapt> items) {
        if (items.isEmpty()) {
            return train;
        }
        TrainItem.Adapt item = items.getFirst();
        if (items.size() > 1) {
            c.report(Diagnostic.error("NND0517", items.get(1).span(), "a train section has one `adapt`")
                    .label(item.span(), "the first is here")
                    .help("name all paths in one: `adapt "
                            + item.paths().getFirst().span().text() + ", "
                            + items.get(1).paths().getFirst().span().text() + " using ...`"));
            return train;
        }
        Optional<Lora> lora = lora(item.adapter());
        if (lora.isEmpty() || !fits(train, item)) {
            return train;
        }
        TypedTrain.Trained model = train.models().getFirst();
        TypedBlock block = model.model().block();
        List<String> weights = WeightNames.of(block);
        Set<String> layers = layers(model, weights, item);
        if (layers.isEmpty()) {
            return train;
        }
        var paths = new FreezeRules(c, env, Map.of(model.name(), weights));
        Set<String> whole = new LinkedHashSet<>();
        lora.get()
                .train()
                .forEach(p -> paths.path(p)
                        .forEach(n -> whole.add(n.substring(model.name().length() + 1))));
        layers.removeIf(l -> whole.contains(l + WEIGHT));
        return adapted(train, model, layers, whole, lora.get());
    }

    private TypedTrain adapted(
            TypedTrain train, TypedTrain.Trained model, Set<String> layers, Set<String> whole, Lora lora) {
        var blocks = new AdaptedBlocks(c, lora.rank(), lora.alpha());
        Set<String> frozen = new LinkedHashSet<>(WeightNames.of(model.model().block()));
        frozen.removeAll(whole);
        frozen.addAll(model.frozenWeights());
        TypedModel plain = model.model();
        var changed = new TypedModel(
                plain.declaration(), plain.packageName(), blocks.adapt(plain.block(), layers), plain.freeDims());
        var adapters = new TypedTrain.Adapters(lora.alpha(), moved(plain.block(), whole));
        var trained = new TypedTrain.Trained(
                model.name(),
                changed,
                model.declared(),
                model.from(),
                false,
                frozen,
                Optional.of(adapters),
                model.span());
        var body = new ArrayList<TypedBlock.Binding>();
        for (TypedBlock.Binding binding : train.body()) {
            body.add(
                    switch (binding) {
                        case TypedBlock.Binding.Value v -> v;
                        case TypedBlock.Binding.Call call ->
                            new TypedBlock.Binding.Call(
                                    call.id(),
                                    call.layer(),
                                    blocks.adapt(call.block(), layers),
                                    call.operands(),
                                    call.span());
                    });
        }
        return new TypedTrain(
                train.declaration(),
                train.packageName(),
                train.settings(),
                train.constants(),
                List.of(trained),
                train.data(),
                body,
                train.minimize(),
                train.metrics(),
                train.run());
    }

    /** The buffers among weights. */
    private static List<String> moved(TypedBlock block, Set<String> names) {
        var buffers = new ArrayList<String>();
        buffers(block, "", buffers);
        buffers.retainAll(names);
        return buffers;
    }

    private static void buffers(TypedBlock block, String path, List<String> into) {
        block.params().stream().filter(p -> !p.trained()).forEach(p -> into.add(path + p.name()));
        block.layers().forEach(l -> buffers(l.block(), path + l.name() + ".", into));
    }

    private boolean fits(TypedTrain train, TrainItem.Adapt item) {
        TypedTrain.Trained model = train.models().getFirst();
        Span span = item.paths().getFirst().span();
        if (train.models().size() > 1) {
            c.report(Diagnostic.error(
                            CODE,
                            item.span(),
                            "`adapt` is for a section with one model, and this one has "
                                    + train.models().size())
                    .label(train.models().get(1).span(), "another model")
                    .help("train the adapters in a section of their own"));
            return false;
        }
        if (model.frozen()) {
            c.report(Diagnostic.error(CODE, span, "`" + model.name() + "` is `frozen`, so it has no adapters to train")
                    .label(model.span(), "declared `frozen` here")
                    .help("leave out `frozen`: `adapt` keeps the model's own weights as they are"));
            return false;
        }
        if (model.from().isEmpty()) {
            c.report(Diagnostic.error(
                            CODE,
                            span,
                            "adapters need weights that were trained before, and `" + model.name() + "` has none")
                    .label(model.span(), "starts at random weights")
                    .help("load weights: `from \"" + model.name() + ".safetensors\"`"));
            return false;
        }
        return true;
    }

    /** The layers that get adapters. */
    private Set<String> layers(TypedTrain.Trained model, List<String> weights, TrainItem.Adapt item) {
        TypedBlock block = model.model().block();
        Set<String> adaptable = AdaptedBlocks.adaptable(block);
        var paths = new FreezeRules(c, env, Map.of(model.name(), weights));
        Set<String> layers = new LinkedHashSet<>();
        for (Expr path : item.paths()) {
            List<String> named = paths.path(path);
            List<String> found = named.stream()
                    .filter(n -> n.endsWith(WEIGHT))
                    .map(n -> n.substring(model.name().length() + 1, n.length() - WEIGHT.length()))
                    .filter(adaptable::contains)
                    .toList();
            if (found.isEmpty() && !named.isEmpty()) {
                nothing(model, adaptable, path);
                return Set.of();
            }
            layers.addAll(found);
        }
        Optional<String> read = AdaptedBlocks.read(block, layers);
        if (read.isPresent()) {
            c.report(Diagnostic.error(
                            CODE,
                            item.span(),
                            "the weight of `" + model.name() + "." + read.get()
                                    + "` is also read by itself, where an adapter would not be in it")
                    .help("name the layers that get adapters, without this one"));
            return Set.of();
        }
        return layers;
    }

    private void nothing(TypedTrain.Trained model, Set<String> adaptable, Expr path) {
        Diagnostic error = Diagnostic.error(
                CODE,
                path.span(),
                "there is no `Dense` in `" + path.span().text() + "`, and `lora` is for the weights of these");
        c.report(
                adaptable.isEmpty()
                        ? error.note("`" + model.name() + "` has no `Dense` at all")
                        : error.help("one is `" + model.name() + "."
                                + adaptable.iterator().next() + "`"));
    }

    private Optional<Lora> lora(Expr written) {
        Expr callee = written instanceof Expr.Call call ? call.callee() : written;
        String name = callee instanceof Expr.Name n ? n.name() : "";
        Optional<Decl.Function> function = OptimizerRules.named(c, name, RESULT);
        if (function.isEmpty() || !(written instanceof Expr.Call call)) {
            List<String> known = OptimizerRules.names(c, RESULT);
            Diagnostic error = Diagnostic.error(
                    CODE,
                    written.span(),
                    function.isPresent()
                            ? "`" + name + "` needs parentheses"
                            : "there is no adapter `" + callee.span().text() + "`");
            c.report(
                    function.isPresent()
                            ? error.help("write `" + name + "()`").fix(written.span(), name + "()")
                            : error.help("the adapters are " + String.join(", ", known)));
            return Optional.empty();
        }
        return TrainingArguments.match(c, function.get(), call).flatMap(given -> lora(function.get(), given, call));
    }

    private Optional<Lora> lora(Decl.Function function, Map<String, Expr.Argument> given, Expr.Call call) {
        int before = c.problems().errors();
        var requirements = new TrainingRequirements(c, function);
        var values = new LinkedHashMap<String, Constant>();
        List<Expr> train = List.of();
        for (Decl.Parameter parameter : function.parameters()) {
            String name = parameter.name().name();
            Expr value = Optional.ofNullable(given.get(name))
                    .map(Expr.Argument::value)
                    .or(parameter::defaultValue)
                    .orElseThrow();
            if (parameter.type() instanceof TypeExpr.ListOf) {
                train = value instanceof Expr.ListLiteral list ? list.items() : List.of(value);
                continue;
            }
            Optional<Constant> fitted =
                    c.kinds().fit(c.expressions().eval(value, env), parameter.type(), "`" + name + "`", value.span());
            fitted.ifPresent(v -> {
                values.put(name, v);
                ConstantFolding.number(v).ifPresent(n -> requirements.number(name, new ScalarExpr.Number(n)));
            });
        }
        if (c.problems().errors() > before || !requirements.check(given, call.span())) {
            return Optional.empty();
        }
        OptionalLong rank = values.get("rank") instanceof Constant.Int(var dim) ? dim.constant() : OptionalLong.empty();
        return rank.isPresent() && values.get("alpha") instanceof Constant.Float(double alpha)
                ? Optional.of(new Lora(rank.getAsLong(), alpha, train))
                : Optional.empty();
    }
}
