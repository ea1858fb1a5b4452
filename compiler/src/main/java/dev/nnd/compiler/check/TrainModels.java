package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The models of a train section: what they are, which of them change, and what they start from. */
final class TrainModels {

    private final Checking c;
    private final Env env;
    private final Map<String, Val.Instance> instances = new LinkedHashMap<>();
    private final Map<String, TrainItem.Model> items = new LinkedHashMap<>();

    TrainModels(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    /** Takes up a {@code model} statement. */
    void add(TrainItem.Model item) {
        Val value = c.expressions().eval(item.value(), env);
        Val instance = Val.POISON;
        String name = item.name().name();
        if (!c.statements().fresh(item.name(), Scope.Kind.MODEL, env)) {
            return;
        }
        if (value instanceof Val.Made m && m.use().declaration().model()) {
            var made = new Val.Instance(name, m.use(), item.name().span());
            instances.put(name, made);
            instance = made;
        } else {
            notModel(item, value);
        }
        items.put(name, item);
        env.scope().define(name, Scope.Kind.MODEL, item.name().span(), instance);
    }

    private void notModel(TrainItem.Model item, Val value) {
        Span span = item.value().span();
        if (value instanceof Val.BlockName b) {
            c.report(Diagnostic.error("NND0209", span, Val.describe(b) + " needs parentheses")
                    .fix(span, span.text() + "()")
                    .help("write `" + span.text() + "()`"));
        } else if (!(value instanceof Val.Poison)) {
            boolean block = value instanceof Val.Made;
            String what = value instanceof Val.Made m ? "the block `" + m.use().name() + "`" : Val.describe(value);
            Diagnostic error =
                    Diagnostic.error("NND0518", span, "a train section trains a `model`, and this is " + what);
            c.report(block ? error.help("declare it with `model` instead of `block`") : error);
        }
    }

    boolean isDeclared(String name) {
        return items.containsKey(name);
    }

    /** The names of the models without an error. */
    Set<String> names() {
        return instances.keySet();
    }

    /** The models that a {@code minimize} without {@code over} changes. */
    List<String> trainable() {
        return instances.keySet().stream().filter(n -> !item(n).frozen()).toList();
    }

    boolean isFrozen(String name) {
        return items.containsKey(name) && item(name).frozen();
    }

    Span declared(String name) {
        return item(name).name().span();
    }

    private TrainItem.Model item(String name) {
        TrainItem.Model item = items.get(name);
        if (item == null) {
            throw new IllegalArgumentException("no model " + name);
        }
        return item;
    }

    /** The models named after {@code over}; a wrong name is reported. */
    List<String> over(List<Expr> written) {
        var names = new LinkedHashMap<String, Span>();
        for (Expr expr : written) {
            if (expr instanceof Expr.Name n && instances.containsKey(n.name())) {
                Span before = names.putIfAbsent(n.name(), n.span());
                if (before != null) {
                    c.report(Diagnostic.error("NND0517", n.span(), "`" + n.name() + "` is named twice after `over`")
                            .label(before, "the first is here"));
                }
                if (isFrozen(n.name())) {
                    minimizedFrozen(n);
                }
            } else if (!(expr instanceof Expr.Name n && isDeclared(n.name()))) {
                noModel(expr);
            }
        }
        return List.copyOf(names.keySet());
    }

    private void noModel(Expr expr) {
        String text = expr.span().text();
        Diagnostic error = Diagnostic.error("NND0516", expr.span(), "there is no model `" + text + "` here");
        String root = expr instanceof Expr.Member m ? m.target().span().text() : text;
        if (expr instanceof Expr.Member && instances.containsKey(root)) {
            c.report(error.note("`over` names whole models; `freeze` keeps a part of one as it is")
                    .help("write `" + root + "`")
                    .fix(expr.span(), root));
            return;
        }
        Optional<String> near = Nearest.to(text, instances.keySet());
        c.report(
                near.isPresent() || instances.isEmpty()
                        ? Expressions.suggest(error, expr.span(), near)
                        : error.help("the models are " + String.join(", ", instances.keySet())));
    }

    private void minimizedFrozen(Expr.Name over) {
        TrainItem.Model item = item(over.name());
        Diagnostic error = Diagnostic.error(
                        "NND0528", over.span(), "`" + over.name() + "` is frozen, so no loss can change it")
                .label(item.span(), "declared `frozen` here")
                .help("leave out `frozen`");
        for (String other : trainable()) {
            error = error.candidate("write `over " + other + "`", over.span(), other);
        }
        c.report(error.candidate("leave out `frozen`", item.span(), withoutFrozen(item)));
    }

    private static String withoutFrozen(TrainItem.Model item) {
        String text = item.span().text();
        return text.substring(0, text.lastIndexOf("frozen")).stripTrailing();
    }

    /** Reports models that are never called, or that neither train nor are frozen. */
    void checkUses(List<TypedTrain.Minimize> minimize, boolean all) {
        for (String name : instances.keySet()) {
            TrainItem.Model item = item(name);
            if (env.body().layer(name).isEmpty()) {
                if (all) {
                    c.report(Diagnostic.error("NND0544", item.name().span(), "the model `" + name + "` is never called")
                            .help("call it in a loss, `" + name + "(...)`, or remove it"));
                }
                continue;
            }
            boolean minimized = minimize.stream().anyMatch(m -> m.over().contains(name));
            if (all && !minimized && !item.frozen()) {
                String frozen = item.span().text() + " frozen";
                c.report(Diagnostic.error(
                                "NND0527", item.name().span(), "no `minimize` changes the model `" + name + "`")
                        .note("a model that is only read is marked, so that none is forgotten")
                        .help("mark it `frozen`, or name it after an `over`")
                        .fix(item.span(), frozen));
            }
            if (item.frozen() && item.from().isEmpty()) {
                c.report(Diagnostic.warning(
                                "NND0529",
                                item.name().span(),
                                "the model `" + name + "` is frozen at the random weights that it starts with")
                        .help("load weights: `from \"" + name + ".safetensors\"`"));
            }
        }
    }

    /** The models for the typed tree, and the weights that each optimizer leaves undecayed; empty after an error. */
    Optional<List<TypedTrain.Trained>> trained(List<TrainItem.Freeze> freeze) {
        Map<String, List<String>> weights = weights();
        Map<String, Set<String>> frozen = new FreezeRules(c, env, weights).frozen(freeze);
        var trained = new ArrayList<TypedTrain.Trained>();
        for (Val.Instance instance : instances.values()) {
            TrainItem.Model item = item(instance.name());
            List<String> names = weights.getOrDefault(instance.name(), List.of());
            Optional<TypedTrain.Weights> from = new MappingRules(c, env).weights(item, names);
            Optional<TypedBlock> block = env.body().layer(instance.name()).map(TypedBlock.Layer::block);
            if (block.isEmpty()) {
                continue;
            }
            TypedModel model =
                    Models.of(instance.use().declaration(), instance.use().home(), block.get());
            Set<String> kept = frozen.getOrDefault(instance.name(), Set.of());
            if (!names.isEmpty() && kept.containsAll(names) && !item.frozen()) {
                c.report(Diagnostic.error(
                                "NND0528",
                                freeze.getFirst().span(),
                                "all weights of `" + instance.name() + "` are frozen, so no loss can change it")
                        .label(item.name().span(), "the model is here"));
            }
            if (Models.weightsAreFixed(c, model)) {
                boolean own = item.value() instanceof Expr.Call call
                        && !call.arguments().isEmpty();
                TypedModel declared =
                        own ? Models.asDeclared(c, model, instance.use().home()) : model;
                trained.add(new TypedTrain.Trained(
                        instance.name(), model, declared, from, item.frozen(), kept, Optional.empty(), item.span()));
            }
        }
        return trained.size() == items.size() ? Optional.of(trained) : Optional.empty();
    }

    private Map<String, List<String>> weights() {
        var weights = new LinkedHashMap<String, List<String>>();
        for (String name : instances.keySet()) {
            env.body().layer(name).ifPresent(l -> weights.put(name, WeightNames.of(l.block())));
        }
        return weights;
    }

    /** The optimizer with the weights that its {@code no_decay} and {@code lr_scale} stand for. */
    OptimizerSpec withWeights(OptimizerRules.Chosen chosen) {
        if (chosen.noDecay().isEmpty() && chosen.scales().isEmpty()) {
            return chosen.spec();
        }
        var rules = new FreezeRules(c, env, weights());
        List<String> names = chosen.noDecay().stream()
                .flatMap(p -> rules.path(p).stream())
                .distinct()
                .toList();
        Map<String, ScalarExpr> scales = new LinkedHashMap<>();
        for (OptimizerRules.Scale scale : chosen.scales()) {
            rules.path(scale.path()).forEach(n -> scales.putIfAbsent(n, scale.factor()));
        }
        return new OptimizerSpec(chosen.spec().kind(), chosen.spec().arguments(), names, scales);
    }
}
