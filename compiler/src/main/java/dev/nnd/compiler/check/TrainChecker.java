package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Assumptions;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.OptimizerSpec;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A train section: models, data, losses and metrics over a batch, and how long it runs. */
final class TrainChecker {

    /** The dim of the examples of a batch. */
    static final String BATCH = "N";

    private final Checking c;
    private final Decl.Train declaration;
    private final Function<FileScope.Found, Optional<TypedData>> data;
    private final Env env;
    private final List<TypedTrain.Setting> settings = new ArrayList<>();
    private final Map<String, Val.Instance> models = new LinkedHashMap<>();
    private final Map<String, TrainItem.Model> modelItems = new LinkedHashMap<>();

    private TrainChecker(
            Checking c, FileScope home, Decl.Train declaration, Function<FileScope.Found, Optional<TypedData>> data) {
        this.c = c;
        this.declaration = declaration;
        this.data = data;
        this.env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
    }

    /** The checked section; {@code data} finds a checked data section. Empty if something was reported. */
    static Optional<TypedTrain> check(
            Checking c, FileScope home, Decl.Train declaration, Function<FileScope.Found, Optional<TypedData>> data) {
        return new TrainChecker(c, home, declaration, data).check();
    }

    private <T extends TrainItem> List<T> items(Class<T> type) {
        return declaration.items().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private Optional<TypedTrain> check() {
        int before = c.problems().errors();
        c.assumptions(Assumptions.NONE);
        c.dims().root(null);
        declaration.parameters().forEach(this::parameter);
        items(TrainItem.Model.class).forEach(this::model);
        Optional<TypedData> typed = data();
        typed.ifPresent(this::fields);
        unsupported();
        var minimize = new ArrayList<TypedTrain.Minimize>();
        var metrics = new ArrayList<TypedTrain.Metric>();
        if (typed.isPresent()) {
            for (TrainItem item : declaration.items()) {
                expression(item, minimize, metrics);
            }
        }
        SettingUses.in(env.body().bindings(), minimize, metrics)
                .forEach(s -> c.unsupported("the setting `" + s.name() + "` in a loss or a metric", s.span()));
        required();
        var run = new RunRules(c, env, declaration).run(typed);
        if (typed.isEmpty() || run.isEmpty() || c.problems().errors() > before) {
            return Optional.empty();
        }
        return trained()
                .map(m -> new TypedTrain(
                        declaration,
                        env.home().packageName(),
                        settings,
                        m,
                        typed.get(),
                        env.body().bindings(),
                        minimize,
                        metrics,
                        run.get()));
    }

    private void parameter(Decl.Parameter parameter) {
        String name = parameter.name().name();
        Val value = Val.POISON;
        if (parameter.defaultValue().isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0524",
                            parameter.span(),
                            "the parameter `" + name + "` of a train section needs a default")
                    .help("write `" + parameter.span().text() + " = ...`"));
        } else {
            Val written = c.expressions().eval(parameter.defaultValue().get(), env);
            Optional<Constant> constant = c.kinds().fit(written, parameter.type(), "`" + name + "`", parameter.span());
            value = constant.map(k -> setting(parameter, k)).orElse(Val.POISON);
        }
        env.scope().define(name, Scope.Kind.SETTING, parameter.name().span(), value);
    }

    /** A float can be set at run time, all else is known at compile time. */
    private Val setting(Decl.Parameter parameter, Constant constant) {
        boolean isFloat =
                parameter.type() instanceof TypeExpr.Named n && n.name().name().equals("float");
        if (!isFloat || !(constant instanceof Constant.Float(double standard))) {
            return c.value(constant);
        }
        String name = parameter.name().name();
        settings.add(new TypedTrain.Setting(name, standard, parameter.span()));
        return new Val.Tensor(
                new TypedExpr.Setting(name, parameter.name().span()),
                Trace.at(parameter.span(), "a setting, which can change at run time"));
    }

    private void model(TrainItem.Model item) {
        item.from().ifPresent(f -> c.unsupported("a model `from` a weights file", f.span()));
        if (item.frozen()) {
            c.unsupported("`frozen`", item.span());
        }
        Val value = c.expressions().eval(item.value(), env);
        Val instance = Val.POISON;
        if (value instanceof Val.Made m && m.use().declaration().model()) {
            var made = new Val.Instance(item.name().name(), m.use(), item.name().span());
            models.put(item.name().name(), made);
            modelItems.put(item.name().name(), item);
            instance = made;
        } else if (value instanceof Val.BlockName b) {
            c.report(Diagnostic.error("NND0209", item.value().span(), Val.describe(b) + " needs parentheses")
                    .fix(item.value().span(), item.value().span().text() + "()")
                    .help("write `" + item.value().span().text() + "()`"));
        } else if (!(value instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                            "NND0518",
                            item.value().span(),
                            "a train section trains a `model`, and this is "
                                    + (value instanceof Val.Made m
                                            ? "the block `" + m.use().name() + "`"
                                            : Val.describe(value)))
                    .help("declare it with `model` instead of `block`"));
        }
        if (c.statements().fresh(item.name(), Scope.Kind.MODEL, env)) {
            env.scope().define(item.name().name(), Scope.Kind.MODEL, item.name().span(), instance);
        }
    }

    private Optional<TypedData> data() {
        List<TrainItem.Data> all = items(TrainItem.Data.class);
        if (all.isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0501",
                            declaration.name().span(),
                            "`" + declaration.name().name() + "` has no data")
                    .help("add `data Name` with the name of a data section"));
            return Optional.empty();
        }
        if (all.size() > 1) {
            c.report(Diagnostic.error("NND0517", all.get(1).span(), "a train section has one `data`")
                    .label(all.getFirst().span(), "the first is here"));
        }
        Ident name = all.getFirst().name();
        Optional<FileScope.Found> found =
                env.home().find(name.name()).filter(f -> f.declaration() instanceof Decl.Data);
        if (found.isEmpty() && env.home().isBroken(name.name())) {
            return Optional.empty();
        }
        if (found.isEmpty()) {
            Diagnostic error =
                    Diagnostic.error("NND0514", name.span(), "there is no data section `" + name.name() + "`");
            c.report(Expressions.suggest(
                    error, name.span(), Nearest.to(name.name(), env.home().names(d -> d instanceof Decl.Data))));
            return Optional.empty();
        }
        Optional<TypedData> typed = data.apply(found.get());
        if (typed.isEmpty() && found.get().home() != env.home()) {
            c.report(Diagnostic.error(
                    "NND0109", name.span(), "the imported data section `" + name.name() + "` has errors of its own"));
        }
        typed.filter(t -> !SplitChecker.parts(t).contains("train"))
                .ifPresent(t -> c.report(Diagnostic.error(
                                "NND0414", name.span(), "no source or part of `" + name.name() + "` is named `train`")
                        .label(t.declaration().name().span(), "it has " + String.join(", ", SplitChecker.parts(t)))
                        .help("name the rows to train on: `source train = ...`, or `split all into train 80%, ...`")));
        return typed;
    }

    private void fields(TypedData typed) {
        for (TypedData.Field field : typed.fields()) {
            var dims = new ArrayList<Dim>();
            dims.add(Dim.variable(BATCH));
            dims.addAll(field.type().dims());
            TensorType type = field.type().withDims(dims);
            Optional<Val.Classes> classes = Val.Classes.of(field);
            String remark = "the field `" + field.name() + "` is "
                    + (field.label().isPresent()
                            ? "class[" + field.label().get().names().size() + "]"
                            : field.type()) + " per example, "
                    + type + " per batch";
            var value = new Val.Tensor(
                    new TypedExpr.Input(field.name(), type, field.span()), Trace.at(field.span(), remark), classes);
            if (env.scope().find(field.name()).isPresent()) {
                clash(field);
            } else {
                env.scope().define(field.name(), Scope.Kind.FIELD, field.span(), value);
            }
        }
    }

    private void clash(TypedData.Field field) {
        var entry = env.scope().find(field.name()).orElseThrow();
        c.report(Diagnostic.error(
                        "NND0105",
                        entry.span(),
                        "`" + field.name() + "` is also a field of the data, choose another name")
                .label(field.span(), "the field is here"));
    }

    private void unsupported() {
        items(TrainItem.Freeze.class).forEach(f -> c.unsupported("`freeze`", f.span()));
        items(TrainItem.StopEarly.class).forEach(s -> c.unsupported("`stop early`", s.span()));
        items(TrainItem.Checkpoint.class).forEach(k -> c.unsupported("`checkpoint`", k.span()));
        items(TrainItem.Validate.class).forEach(v -> c.unsupported("`validate every`", v.span()));
        List<TrainItem.Minimize> minimize = items(TrainItem.Minimize.class);
        if (minimize.size() > 1) {
            c.unsupported("a second `minimize`", minimize.get(1).span());
        }
        List<TrainItem.Model> several = items(TrainItem.Model.class);
        if (several.size() > 1) {
            c.unsupported("a second `model` in a train section", several.get(1).span());
        }
    }

    private void required() {
        String name = "`" + declaration.name().name() + "`";
        if (items(TrainItem.Model.class).isEmpty()) {
            c.report(Diagnostic.error("NND0503", declaration.name().span(), name + " has no model")
                    .help("add `model net = Name()` with the name of a model"));
        }
        if (items(TrainItem.Minimize.class).isEmpty()) {
            c.report(Diagnostic.error("NND0502", declaration.name().span(), name + " minimizes nothing")
                    .help("add `minimize LOSS using adam(lr: 1e-3)`"));
        }
    }

    private void expression(TrainItem item, List<TypedTrain.Minimize> minimize, List<TypedTrain.Metric> metrics) {
        switch (item) {
            case TrainItem.Let l -> let(l);
            case TrainItem.Minimize m -> minimize(m).ifPresent(minimize::add);
            case TrainItem.Metric m -> metrics.addAll(new MetricRules(c, env).metrics(m, metrics));
            case TrainItem.Model m -> {}
            case TrainItem.Data d -> {}
            case TrainItem.Freeze f -> {}
            case TrainItem.Keep k -> {}
            case TrainItem.StopEarly s -> {}
            case TrainItem.Checkpoint k -> {}
            case TrainItem.Validate v -> {}
            case TrainItem.Setting s -> {}
        }
    }

    private void let(TrainItem.Let let) {
        Val value = c.expressions().eval(let.value(), env);
        if (value instanceof Val.Tensor t) {
            value = t.with(env.body().share(Optional.of(let.name().name()), t.expr()));
        }
        if (c.statements().fresh(let.name(), Scope.Kind.LET, env)) {
            env.scope().define(let.name().name(), Scope.Kind.LET, let.name().span(), value);
        }
    }

    private Optional<TypedTrain.Minimize> minimize(TrainItem.Minimize item) {
        Val value = c.expressions().eval(item.loss(), env);
        Optional<OptimizerSpec> optimizer = new OptimizerRules(c, env).optimizer(item.optimizer());
        List<String> over = item.over().isEmpty() ? List.copyOf(models.keySet()) : over(item.over());
        if (value instanceof Val.Poison || optimizer.isEmpty()) {
            return Optional.empty();
        }
        if (!(value instanceof Val.Tensor loss)
                || !loss.type().dtype().isFloat()
                || loss.type().rank() > 0) {
            Diagnostic error = Diagnostic.error(
                    "NND0510", item.loss().span(), "a loss is one float number, and this is " + Val.describe(value));
            boolean many = value instanceof Val.Tensor t
                    && t.type().rank() > 0
                    && t.type().dtype().isFloat();
            c.report(
                    many
                            ? error.help("take the mean: `mean("
                                            + item.loss().span().text() + ")`")
                                    .fix(
                                            item.loss().span(),
                                            "mean(" + item.loss().span().text() + ")")
                            : error);
            return Optional.empty();
        }
        for (String model : over) {
            if (env.body().layer(model).isEmpty() && models.containsKey(model)) {
                c.report(Diagnostic.error(
                                "NND0523", item.loss().span(), "the loss does not use the model `" + model + "`")
                        .label(models.get(model).declared(), "declared here")
                        .help("call it: `" + model + "(...)`"));
            }
        }
        TypedExpr shared = env.body().share(Optional.of("loss"), loss.expr());
        return Optional.of(new TypedTrain.Minimize(shared, over, optimizer.get(), item.span()));
    }

    private List<String> over(List<Expr> written) {
        var names = new ArrayList<String>();
        for (Expr expr : written) {
            if (expr instanceof Expr.Name n && models.containsKey(n.name())) {
                names.add(n.name());
            } else if (!isDeclaredModel(expr)) {
                Diagnostic error = Diagnostic.error(
                        "NND0516",
                        expr.span(),
                        "there is no model `" + expr.span().text() + "` here");
                Optional<String> near = Nearest.to(expr.span().text(), models.keySet());
                c.report(Expressions.suggest(error, expr.span(), near));
            }
        }
        return names;
    }

    /** A model that is declared but wrong was reported already. */
    private boolean isDeclaredModel(Expr expr) {
        return expr instanceof Expr.Name n
                && items(TrainItem.Model.class).stream()
                        .anyMatch(m -> m.name().name().equals(n.name()));
    }

    private Optional<List<TypedTrain.Trained>> trained() {
        var trained = new ArrayList<TypedTrain.Trained>();
        for (var model : models.entrySet()) {
            Optional<TypedBlock> block = env.body().layer(model.getKey()).map(TypedBlock.Layer::block);
            if (block.isEmpty()) {
                return Optional.empty();
            }
            Val.BlockUse use = model.getValue().use();
            var typed = Models.of(use.declaration(), use.home(), block.get());
            TrainItem.Model item = modelItems.get(model.getKey());
            if (item == null || !Models.weightsAreFixed(c, typed)) {
                return Optional.empty();
            }
            trained.add(new TypedTrain.Trained(model.getKey(), typed, Optional.empty(), false, item.span()));
        }
        return Optional.of(trained);
    }
}
