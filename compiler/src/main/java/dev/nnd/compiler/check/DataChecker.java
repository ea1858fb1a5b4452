package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A data section: its sources, then how they are split, then its fields, and what is done to them in training. */
final class DataChecker {

    private final Checking c;
    private final Env env;
    private final Decl.Data declaration;
    private final DataSections sections;
    private final Map<String, Span> names = new LinkedHashMap<>();
    private final Map<String, Span> fieldNames = new LinkedHashMap<>();
    private final List<TypedData.Source> sources = new ArrayList<>();
    private final List<TypedData.Field> fields = new ArrayList<>();

    private DataChecker(Checking c, FileScope home, Decl.Data declaration, DataSections sections) {
        this.c = c;
        this.declaration = declaration;
        this.sections = sections;
        this.env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
    }

    /** The checked section; empty if something was reported. */
    static Optional<TypedData> check(Checking c, FileScope home, Decl.Data declaration, DataSections sections) {
        return new DataChecker(c, home, declaration, sections).check();
    }

    private Optional<TypedData> check() {
        int before = c.problems().errors();
        Optional<TypedData> parent = declaration.parent().flatMap(p -> sections.parent(p, declaration, env.home()));
        if (declaration.parent().isPresent() && parent.isEmpty()) {
            return Optional.empty();
        }
        sources(parent);
        var splits = new ArrayList<>(new SplitChecker(c, env, sources, names).check(items(DataItem.Split.class)));
        parent.ifPresent(p -> p.splits().stream()
                .filter(s -> splits.stream().noneMatch(own -> own.source().equals(s.source())))
                .forEach(splits::add));
        fields(parent, splits);
        List<Augmentation> augmentations = augmentations(parent);
        TypedData.OnError onError = onError(parent);
        by();
        complete(parent.isPresent());
        return c.problems().errors() > before
                ? Optional.empty()
                : Optional.of(new TypedData(
                        declaration, env.home().packageName(), sources, splits, fields, augmentations, onError));
    }

    private <T extends DataItem> List<T> items(Class<T> type) {
        return declaration.items().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private void sources(Optional<TypedData> parent) {
        var rules = new SourceRules(c, env);
        var written = new ArrayList<String>();
        for (DataItem.Source source : items(DataItem.Source.class)) {
            Span first = names.putIfAbsent(source.name().name(), source.name().span());
            if (first != null) {
                twice(c, source.name(), first);
            }
            written.add(source.name().name());
            rules.source(source).ifPresent(sources::add);
        }
        parent.ifPresent(p -> p.sources().stream()
                .filter(s -> !written.contains(s.name()))
                .forEach(s -> {
                    names.put(s.name(), s.span());
                    sources.add(s);
                }));
        new FileNames(c).overlaps(sources);
    }

    static void twice(Checking c, Ident name, Span first) {
        c.report(Diagnostic.error("NND0405", name.span(), "the name `" + name.name() + "` is in use already")
                .label(first, "the first is here"));
    }

    private void complete(boolean inherits) {
        String name = "`" + declaration.name().name() + "`";
        if (!inherits && items(DataItem.Source.class).isEmpty()) {
            c.report(Diagnostic.error("NND0411", declaration.name().span(), name + " has no source")
                    .help("add `source train = csv(\"train.csv\")`"));
        }
        if (!inherits && items(DataItem.Field.class).isEmpty()) {
            c.report(Diagnostic.error("NND0411", declaration.name().span(), name + " has no field")
                    .help("add `field x: f32[1] = column(\"x\")`"));
        }
    }

    /** The fields in the order of the file, after those that are inherited and not written anew. */
    private void fields(Optional<TypedData> parent, List<TypedData.Split> splits) {
        List<DataItem.Field> written = items(DataItem.Field.class);
        List<TypedData.Field> inherited = parent.map(TypedData::fields).orElse(List.of()).stream()
                .filter(f -> written.stream().noneMatch(w -> w.name().name().equals(f.name())))
                .toList();
        inherited.forEach(fields::add);
        List<TypedData.Source> own = sources.stream()
                .filter(o -> parent.isPresent() && !parent.get().sources().contains(o))
                .toList();
        new InheritedFields(c, parent.map(TypedData::name).orElse("")).check(own, inherited);
        var context = new FieldContext(c, env, declaration.name().name(), sources, LearnedNumbers.next(inherited));
        var rules = new FieldRules(context);
        var labels = new LabelRules(context);
        for (TypedData.Field field : inherited) {
            context.declared()
                    .put(
                            field.name(),
                            new FieldContext.Declared(
                                    field.type(), field.label().isPresent(), field.span()));
            context.hasIds(field.name(), field.ids());
        }
        var typed = new LinkedHashMap<DataItem.Field, TensorType>();
        var labelled = new LinkedHashMap<DataItem.Field, TypedData.Label>();
        for (DataItem.Field field : written) {
            declare(field, context, labels, typed, labelled);
        }
        new FieldCycles(c, typed.keySet()).check();
        if (sources.isEmpty()) {
            return;
        }
        typed.forEach((field, type) -> value(field, type, Optional.ofNullable(labelled.get(field)), rules));
        learned(context, splits);
    }

    private void declare(
            DataItem.Field field,
            FieldContext context,
            LabelRules labels,
            Map<DataItem.Field, TensorType> typed,
            Map<DataItem.Field, TypedData.Label> labelled) {
        Span first = fieldNames.putIfAbsent(field.name().name(), field.name().span());
        if (first != null) {
            twice(c, field.name(), first);
            return;
        }
        Optional<TensorType> type;
        if (field.type() instanceof TypeExpr.Classes classes) {
            Optional<TypedData.Label> label = labels.type(classes);
            label.ifPresent(l -> labelled.put(field, l));
            type = label.map(l -> TensorType.scalar(DType.I32));
        } else {
            type = batched(field.type())
                    ? Optional.empty()
                    : c.types().tensor(field.type(), env).filter(t -> fixed(t, field.type()));
        }
        type.ifPresent(t -> {
            typed.put(field, t);
            context.declared()
                    .put(
                            field.name().name(),
                            new FieldContext.Declared(
                                    t, labelled.containsKey(field), field.name().span()));
        });
    }

    private void value(DataItem.Field field, TensorType type, Optional<TypedData.Label> label, FieldRules rules) {
        try {
            rules.field(field, type, label).ifPresent(fields::add);
        } catch (ArithmeticException tooLarge) {
            c.report(Diagnostic.error("NND0222", field.span(), "the field has more elements than 64 bits count"));
        }
    }

    /** What is learned is learned of the rows that are trained on, and of no others. */
    private void learned(FieldContext context, List<TypedData.Split> splits) {
        List<String> parts = SplitChecker.parts(sources, splits);
        context.firstLearned()
                .filter(s -> !parts.contains("train"))
                .ifPresent(
                        s -> c.report(
                                Diagnostic.error(
                                                "NND0435",
                                                s,
                                                "`" + s.text() + "` learns from the part `train`, and there is none")
                                        .label(declaration.name().span(), "it has " + String.join(", ", parts))
                                        .note(
                                                "what is learned from rows that are tested on would make the test too good")
                                        .help(
                                                "name the rows to learn from: `source train = ...`, or `split all into train 80%, ...`")));
    }

    /** True if the type begins with the batch dim of a model's input, which is reported. */
    private boolean batched(TypeExpr written) {
        boolean batch = written instanceof TypeExpr.Tensor t
                && !t.dims().isEmpty()
                && t.dims().getFirst() instanceof Expr.Name n
                && env.scope().find(n.name()).isEmpty();
        if (!batch || !(written instanceof TypeExpr.Tensor tensor)) {
            return false;
        }
        List<String> rest =
                tensor.dims().stream().skip(1).map(d -> d.span().text()).toList();
        String one = tensor.dtype().name() + (rest.isEmpty() ? "[1]" : "[" + String.join(", ", rest) + "]");
        c.report(Diagnostic.error(
                        "NND0407",
                        tensor.dims().getFirst().span(),
                        "a field's type is that of one example, without a batch dim, and its dims are numbers")
                .candidate("write `" + one + "`", written.span(), one));
        return true;
    }

    private boolean fixed(TensorType type, TypeExpr written) {
        for (Dim dim : type.dims()) {
            if (dim.constant().isEmpty()) {
                c.report(Diagnostic.error("NND0407", written.span(), "the dims of a field are numbers, got " + type));
                return false;
            }
        }
        DType dtype = type.dtype();
        if (dtype == DType.F16 || dtype == DType.BF16 || dtype == DType.I8) {
            DType meant = dtype == DType.I8 ? DType.I32 : DType.F32;
            c.report(Diagnostic.error(
                            "NND0407", written.span(), "a field is f32, f64, i32, i64, u8 or bool, got " + type)
                    .help("write " + type.as(meant) + "; a model computes in bf16 by `precision bf16` of its training")
                    .fix(written.span(), type.as(meant).toString()));
            return false;
        }
        return true;
    }

    private List<Augmentation> augmentations(Optional<TypedData> parent) {
        var rules = new AugmentRules(c, env);
        List<String> declared = new ArrayList<>(fieldNames.keySet());
        fields.forEach(f -> declared.add(f.name()));
        var own = new ArrayList<Augmentation>();
        items(DataItem.Augment.class)
                .forEach(a -> rules.check(a, fields, declared).ifPresent(own::add));
        var all = new ArrayList<Augmentation>();
        parent.ifPresent(p -> p.augmentations().stream()
                .filter(a -> !fieldNames.containsKey(a.field()))
                .filter(a -> own.stream().noneMatch(o -> o.field().equals(a.field())))
                .forEach(all::add));
        all.addAll(own);
        new MixRules(c, fields).check(all);
        return all;
    }

    private TypedData.OnError onError(Optional<TypedData> parent) {
        TypedData.OnError policy = parent.map(TypedData::onError).orElse(new TypedData.OnError.Fail());
        List<DataItem.OnError> written = items(DataItem.OnError.class);
        if (written.size() > 1) {
            c.report(Diagnostic.error("NND0427", written.get(1).span(), "a section has one `on_error`")
                    .label(written.getFirst().span(), "the first is here"));
        }
        return written.isEmpty() ? policy : policy(written.getFirst()).orElse(policy);
    }

    private Optional<TypedData.OnError> policy(DataItem.OnError written) {
        Expr policy = written.policy();
        if (policy instanceof Expr.Name n && n.name().equals("fail")) {
            return Optional.of(new TypedData.OnError.Fail());
        }
        boolean skips = policy instanceof Expr.Call call
                && call.callee() instanceof Expr.Name n
                && n.name().equals("skip");
        if (skips && policy instanceof Expr.Call call && call.arguments().size() == 1) {
            Expr.Argument limit = call.arguments().getFirst();
            Val value = c.expressions().eval(limit.value(), env);
            boolean named =
                    limit.name().isPresent() && !limit.name().get().name().equals("limit");
            if (value instanceof Val.Const(Constant.Int(Dim d)) && d.constant().orElse(0) >= 1 && !named) {
                return Optional.of(new TypedData.OnError.Skip(d.constant().getAsLong(), written.span()));
            }
        }
        Expr word = policy instanceof Expr.Call call ? call.callee() : policy;
        Diagnostic error = Diagnostic.error(
                "NND0427",
                policy.span(),
                "`on_error` is `fail` or `skip(limit)` with a limit of at least 1, got `"
                        + policy.span().text() + "`");
        Optional<String> near =
                word instanceof Expr.Name n ? Nearest.to(n.name(), List.of("fail", "skip")) : Optional.empty();
        boolean bare = word instanceof Expr.Name n && n.name().equals("skip") && policy instanceof Expr.Name;
        c.report(
                bare
                        ? error.help("say how many rows may be left out: `skip(100)`")
                                .fix(policy.span(), "skip(100)")
                        : Expressions.suggest(error, word.span(), near));
        return Optional.empty();
    }

    /** What splits are stratified or grouped by are fields. */
    private void by() {
        for (DataItem.Split split : items(DataItem.Split.class)) {
            split.stratifiedBy().ifPresent(by -> by(by, "stratify", true));
            split.groupedBy().ifPresent(by -> by(by, "group", false));
        }
    }

    private void by(Ident by, String word, boolean label) {
        Optional<TypedData.Field> field =
                fields.stream().filter(f -> f.name().equals(by.name())).findFirst();
        boolean wrongAlready = field.isEmpty() && fieldNames.containsKey(by.name());
        boolean fits = field.isPresent()
                && (field.get().label().isPresent()
                        || (!label && !field.get().type().dtype().isFloat()));
        if (wrongAlready || fits) {
            return;
        }
        List<String> known = fields.stream()
                .filter(f -> f.label().isPresent() || !label)
                .map(TypedData.Field::name)
                .toList();
        String kind = label ? "label" : "field of whole numbers or a label";
        Diagnostic error = Diagnostic.error(
                "NND0409",
                by.span(),
                field.isEmpty()
                        ? "there is no field `" + by.name() + "` to " + word + " by"
                        : "a split is " + (label ? "stratified by a " : "grouped by a ") + kind + ", and `" + by.name()
                                + "` is " + field.get().type());
        Optional<String> near = Nearest.to(by.name(), known);
        c.report(
                near.isPresent() || known.isEmpty()
                        ? Expressions.suggest(error, by.span(), near)
                        : error.help("the " + (label ? "labels" : "fields") + " are " + String.join(", ", known)));
    }
}
