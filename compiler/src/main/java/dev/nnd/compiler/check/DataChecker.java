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
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A data section: its sources, then how they are split, then its fields. */
final class DataChecker {

    private final Checking c;
    private final Env env;
    private final Decl.Data declaration;
    private final Map<String, Span> names = new LinkedHashMap<>();
    private final Map<String, Span> fieldNames = new LinkedHashMap<>();
    private final List<TypedData.Source> sources = new ArrayList<>();
    private final List<TypedData.Field> fields = new ArrayList<>();

    private DataChecker(Checking c, FileScope home, Decl.Data declaration) {
        this.c = c;
        this.declaration = declaration;
        this.env = new Env(home, new Scope(null), new Body(declaration.span().file()), true);
    }

    /** The checked section; empty if something was reported. */
    static Optional<TypedData> check(Checking c, FileScope home, Decl.Data declaration) {
        return new DataChecker(c, home, declaration).check();
    }

    private Optional<TypedData> check() {
        int before = c.problems().errors();
        if (declaration.parent().isPresent()) {
            c.unsupported(
                    "a data section made `from` another",
                    declaration.parent().get().span());
        }
        items(DataItem.Source.class).forEach(this::source);
        var splits = new SplitChecker(c, env, sources, names).check(items(DataItem.Split.class));
        var rules = new FieldRules(c, env, sources);
        for (DataItem.Field field : items(DataItem.Field.class)) {
            try {
                field(field, rules);
            } catch (ArithmeticException tooLarge) {
                c.report(Diagnostic.error("NND0222", field.span(), "the field has more elements than 64 bits count"));
            }
        }
        items(DataItem.Augment.class).forEach(a -> c.unsupported("`augment`", a.span()));
        items(DataItem.OnError.class).forEach(this::onError);
        checkStratified();
        complete();
        return c.problems().errors() > before
                ? Optional.empty()
                : Optional.of(new TypedData(declaration, env.home().packageName(), sources, splits, fields));
    }

    private <T extends DataItem> List<T> items(Class<T> type) {
        return declaration.items().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private void complete() {
        boolean known = declaration.parent().isPresent();
        if (!known && items(DataItem.Source.class).isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0411",
                            declaration.name().span(),
                            "`" + declaration.name().name() + "` has no source")
                    .help("add `source train = csv(\"train.csv\")`"));
        }
        if (!known && items(DataItem.Field.class).isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0411",
                            declaration.name().span(),
                            "`" + declaration.name().name() + "` has no field")
                    .help("add `field x: f32[1] = column(\"x\")`"));
        }
    }

    private void onError(DataItem.OnError onError) {
        boolean fail = onError.policy() instanceof Expr.Name n && n.name().equals("fail");
        if (!fail) {
            c.unsupported("a policy other than `on_error fail`", onError.span());
        }
    }

    private void source(DataItem.Source source) {
        Span first = names.putIfAbsent(source.name().name(), source.name().span());
        if (first != null) {
            twice(c, source.name(), first);
        }
        SourceRules.source(c, env, source).ifPresent(sources::add);
    }

    static void twice(Checking c, Ident name, Span first) {
        c.report(Diagnostic.error("NND0405", name.span(), "the name `" + name.name() + "` is in use already")
                .label(first, "the first is here"));
    }

    private void checkStratified() {
        for (DataItem.Split split : items(DataItem.Split.class)) {
            split.stratifiedBy().ifPresent(by -> {
                Optional<TypedData.Field> field =
                        fields.stream().filter(f -> f.name().equals(by.name())).findFirst();
                List<String> labels = fields.stream()
                        .filter(f -> f.label().isPresent())
                        .map(TypedData.Field::name)
                        .toList();
                boolean declared = items(DataItem.Field.class).stream()
                        .anyMatch(f -> f.name().name().equals(by.name()));
                if (field.isEmpty() && declared) {
                    return;
                }
                if (field.isEmpty() || field.get().label().isEmpty()) {
                    Diagnostic error = Diagnostic.error(
                            "NND0409",
                            by.span(),
                            field.isEmpty()
                                    ? "there is no field `" + by.name() + "` to stratify by"
                                    : "a split is stratified by a label, and `" + by.name() + "` is "
                                            + field.get().type());
                    Optional<String> near = Nearest.to(by.name(), labels);
                    c.report(
                            near.isPresent() || labels.isEmpty()
                                    ? Expressions.suggest(error, by.span(), near)
                                    : error.help("the labels are " + String.join(", ", labels)));
                }
            });
        }
    }

    private void field(DataItem.Field field, FieldRules rules) {
        Span first = fieldNames.putIfAbsent(field.name().name(), field.name().span());
        if (first != null) {
            twice(c, field.name(), first);
            return;
        }
        Optional<TypedData.Label> label = Optional.empty();
        Optional<TensorType> type;
        if (field.type() instanceof TypeExpr.Classes classes) {
            label = label(classes);
            type = label.map(l -> TensorType.scalar(DType.I32));
        } else {
            type = c.types().tensor(field.type(), env).filter(t -> fixed(t, field.type()));
        }
        if (sources.isEmpty() && !items(DataItem.Source.class).isEmpty()) {
            return;
        }
        Optional<DataExpr> value =
                type.isPresent() ? rules.field(field, type.get(), label.isPresent()) : Optional.empty();
        if (value.isPresent() && type.isPresent()) {
            fields.add(new TypedData.Field(
                    field.name().name(), field.doc(), type.get(), label, value.get(), field.span()));
        }
    }

    private boolean fixed(TensorType type, TypeExpr written) {
        for (Dim dim : type.dims()) {
            if (dim.constant().isEmpty()) {
                c.report(Diagnostic.error("NND0407", written.span(), "the dims of a field are numbers, got " + type));
                return false;
            }
        }
        if (type.dtype() != DType.F32 && type.dtype() != DType.I32) {
            c.unsupported("a field of dtype " + type.dtype().text(), written.span());
            return false;
        }
        return true;
    }

    /** {@code class[10]} or {@code class["cat", "dog"]}. */
    private Optional<TypedData.Label> label(TypeExpr.Classes classes) {
        var texts = new ArrayList<String>();
        for (Expr item : classes.items()) {
            Val value = c.expressions().eval(item, env);
            if (value instanceof Val.Const(Constant.Text(String text))) {
                if (texts.contains(text)) {
                    c.report(Diagnostic.error("NND0408", item.span(), "the class \"" + text + "\" is there twice"));
                    return Optional.empty();
                }
                texts.add(text);
            } else if (value instanceof Val.Const(Constant.Int(Dim count))
                    && classes.items().size() == 1) {
                return counted(count, item);
            } else {
                if (!(value instanceof Val.Poison)) {
                    c.report(Diagnostic.error(
                            "NND0408", item.span(), "`class` takes names or one count, got " + Val.describe(value)));
                }
                return Optional.empty();
            }
        }
        if (texts.size() < 2) {
            c.report(Diagnostic.error(
                    "NND0408", classes.span(), "a label needs at least 2 classes, got " + texts.size()));
            return Optional.empty();
        }
        return Optional.of(new TypedData.Label(texts, true));
    }

    private Optional<TypedData.Label> counted(Dim count, Expr item) {
        long number = count.constant().orElse(0);
        if (number < 2 || number > 1_000_000) {
            c.report(Diagnostic.error("NND0408", item.span(), "a label has from 2 to 1000000 classes, got " + count));
            return Optional.empty();
        }
        var texts = new ArrayList<String>();
        for (int i = 0; i < number; i++) {
            texts.add(Integer.toString(i));
        }
        return Optional.of(new TypedData.Label(texts, false));
    }
}
