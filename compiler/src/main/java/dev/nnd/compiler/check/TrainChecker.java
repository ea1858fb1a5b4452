package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Assumptions;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
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
    private final Settings settings = new Settings();
    private final List<TypedTrain.Fixed> constants = new ArrayList<>();
    private final TrainModels models;

    private TrainChecker(
            Checking c, FileScope home, Decl.Train declaration, Function<FileScope.Found, Optional<TypedData>> data) {
        this.c = c;
        this.declaration = declaration;
        this.data = data;
        this.env = new Env(
                home, new Scope(batch(declaration)), new Body(declaration.span().file()), true);
        this.models = new TrainModels(c, env);
    }

    /** The word {@code batch} for the number of examples of a batch, which is smaller in the last one of an epoch. */
    private static Scope batch(Decl.Train declaration) {
        var scope = new Scope(null);
        Val examples = new Val.Const(new Constant.Int(Dim.variable(BATCH)));
        scope.define("batch", Scope.Kind.DIM, declaration.name().span(), examples);
        return scope;
    }

    /** The checked section; {@code data} finds a checked data section. Empty if something was reported. */
    static Optional<TypedTrain> check(
            Checking c, FileScope home, Decl.Train declaration, Function<FileScope.Found, Optional<TypedData>> data) {
        var checker = new TrainChecker(c, home, declaration, data);
        c.settings(checker.settings);
        try {
            return checker.check();
        } finally {
            c.settings(new Settings());
        }
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
        var rules = new RunRules(c, env, declaration);
        Length length = rules.settings();
        items(TrainItem.Model.class).forEach(models::add);
        Optional<TypedData> typed = new SectionData(c, env, declaration).find(data);
        typed.ifPresent(this::fields);
        var minimize = new ArrayList<TypedTrain.Minimize>();
        var metrics = new ArrayList<TypedTrain.Metric>();
        if (typed.isPresent()) {
            var minimizing = new MinimizeRules(c, env, models, length, rules.clipNorm());
            for (TrainItem item : declaration.items()) {
                expression(item, minimizing, minimize, metrics);
            }
            models.checkUses(minimize, c.problems().errors() == before);
            if (c.problems().errors() == before) {
                minimizing.overlaps(items(TrainItem.Minimize.class));
                new MixedLabels(c, env.body(), typed.get()).check(items(TrainItem.Minimize.class), minimize);
            }
        } else {
            var optimizers = new OptimizerRules(c, env, length);
            items(TrainItem.Minimize.class).forEach(m -> optimizers.optimizer(m.optimizer()));
        }
        required();
        Optional<TypedTrain.Run> run = rules.run(typed);
        Optional<List<TypedTrain.Trained>> trained = models.trained(items(TrainItem.Freeze.class));
        if (typed.isEmpty()
                || run.isEmpty()
                || trained.isEmpty()
                || c.problems().errors() > before) {
            return Optional.empty();
        }
        TypedTrain section = section(trained.get(), typed.get(), minimize, metrics, run.get());
        TypedTrain adapted = new AdapterRules(c, env).applied(section, items(TrainItem.Adapt.class));
        return c.problems().errors() > before ? Optional.empty() : Optional.of(adapted);
    }

    private TypedTrain section(
            List<TypedTrain.Trained> trained,
            TypedData typed,
            List<TypedTrain.Minimize> minimize,
            List<TypedTrain.Metric> metrics,
            TypedTrain.Run run) {
        var changing = new ArrayList<TypedTrain.Setting>();
        for (TypedTrain.Setting setting : settings.all()) {
            if (settings.isFixed(setting.name())) {
                constants.add(
                        new TypedTrain.Fixed(setting.name(), new Constant.Float(setting.value()), setting.span()));
            } else {
                changing.add(setting);
            }
        }
        var fixed = new FixedSettings(settings);
        return new TypedTrain(
                declaration,
                env.home().packageName(),
                changing,
                constants,
                trained,
                typed,
                fixed.body(env.body().bindings()),
                fixed.minimize(minimize),
                fixed.metrics(metrics),
                run);
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
        if (c.statements().fresh(parameter.name(), Scope.Kind.SETTING, env)) {
            env.scope().define(name, Scope.Kind.SETTING, parameter.name().span(), value);
        }
    }

    /** A float can be set at run time, all else is known at compile time. */
    private Val setting(Decl.Parameter parameter, Constant constant) {
        boolean isFloat =
                parameter.type() instanceof TypeExpr.Named n && n.name().name().equals("float");
        String name = parameter.name().name();
        if (!isFloat || !(constant instanceof Constant.Float(double standard))) {
            constants.add(new TypedTrain.Fixed(name, constant, parameter.span()));
            return c.value(constant);
        }
        settings.add(new TypedTrain.Setting(name, standard, parameter.span()));
        return new Val.Tensor(
                new TypedExpr.Setting(name, parameter.name().span()),
                Trace.at(parameter.span(), "a setting, which can change at run time"));
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
            if (env.scope()
                    .find(field.name())
                    .filter(e -> e.kind() != Scope.Kind.DIM)
                    .isPresent()) {
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

    private void expression(
            TrainItem item,
            MinimizeRules minimizing,
            List<TypedTrain.Minimize> minimize,
            List<TypedTrain.Metric> metrics) {
        switch (item) {
            case TrainItem.Let l -> let(l);
            case TrainItem.Unpack u ->
                c.unpacking().unpack(u.names(), c.expressions().eval(u.value(), env), u.value(), env);
            case TrainItem.Minimize m -> minimizing.minimize(m).ifPresent(minimize::add);
            case TrainItem.Metric m -> {
                List<Expr> losses = items(TrainItem.Minimize.class).stream()
                        .map(TrainItem.Minimize::loss)
                        .toList();
                metrics.addAll(new MetricRules(c, env, losses).metrics(m, metrics));
            }
            case TrainItem.Model m -> {}
            case TrainItem.Data d -> {}
            case TrainItem.Freeze f -> {}
            case TrainItem.Adapt a -> {}
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
}
