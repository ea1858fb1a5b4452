package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code augment image -> random_crop(32, padding: 4) -> random_flip()}: training examples, changed at random. */
final class AugmentRules {

    /** What an option can be. */
    private enum Kind {
        SIZE,
        CHANCE,
        AMOUNT,
        DEGREES,
        FLAG
    }

    /** An option of an augmentation. */
    private record Option(String name, boolean required, Kind kind) {}

    private static final Map<Augmentation.Kind, List<Option>> OPTIONS = options();

    private final Checking c;
    private final Env env;
    private final Map<String, Span> augmented = new HashMap<>();

    AugmentRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    private static Map<Augmentation.Kind, List<Option>> options() {
        var all = new EnumMap<Augmentation.Kind, List<Option>>(Augmentation.Kind.class);
        Option chance = optional("p", Kind.CHANCE);
        all.put(
                Augmentation.Kind.RANDOM_CROP,
                List.of(
                        new Option("height", true, Kind.SIZE),
                        optional("width", Kind.SIZE),
                        optional("padding", Kind.SIZE)));
        all.put(
                Augmentation.Kind.RANDOM_FLIP,
                List.of(optional("horizontal", Kind.FLAG), optional("vertical", Kind.FLAG), chance));
        all.put(Augmentation.Kind.RANDOM_ERASING, List.of(chance, optional("area", Kind.CHANCE)));
        all.put(Augmentation.Kind.RANDOM_GRAYSCALE, List.of(chance));
        all.put(Augmentation.Kind.ROTATE, List.of(new Option("degrees", true, Kind.DEGREES)));
        all.put(
                Augmentation.Kind.SCALE,
                List.of(new Option("low", true, Kind.AMOUNT), new Option("high", true, Kind.AMOUNT)));
        all.put(Augmentation.Kind.TRANSLATE, List.of(new Option("fraction", true, Kind.CHANCE)));
        all.put(Augmentation.Kind.SHEAR, List.of(new Option("degrees", true, Kind.DEGREES)));
        all.put(
                Augmentation.Kind.COLOUR_JITTER,
                List.of(
                        optional("brightness", Kind.AMOUNT),
                        optional("contrast", Kind.AMOUNT),
                        optional("saturation", Kind.AMOUNT),
                        optional("hue", Kind.AMOUNT)));
        all.put(Augmentation.Kind.CUTOUT, List.of(new Option("size", true, Kind.SIZE)));
        all.put(Augmentation.Kind.BLUR, List.of(new Option("sigma", true, Kind.AMOUNT)));
        all.put(Augmentation.Kind.NOISE, List.of(new Option("std", true, Kind.AMOUNT)));
        all.put(Augmentation.Kind.MIXUP, List.of(optional("alpha", Kind.AMOUNT)));
        all.put(Augmentation.Kind.CUTMIX, List.of(optional("alpha", Kind.AMOUNT)));
        return all;
    }

    private static Option optional(String name, Kind kind) {
        return new Option(name, false, kind);
    }

    /** One statement; {@code declared} are the names of all fields, also of wrong ones. */
    Optional<Augmentation> check(DataItem.Augment item, List<TypedData.Field> fields, List<String> declared) {
        Expr target = item.pipe() instanceof Expr.Pipe p ? p.value() : item.pipe();
        if (!(item.pipe() instanceof Expr.Pipe pipe) || !(target instanceof Expr.Name name)) {
            c.report(Diagnostic.error("NND0424", item.pipe().span(), "`augment` takes a field and what is done to it")
                    .help("such as `augment image -> random_flip()`"));
            return Optional.empty();
        }
        Optional<TypedData.Field> field =
                fields.stream().filter(f -> f.name().equals(name.name())).findFirst();
        if (field.isEmpty()) {
            if (!declared.contains(name.name())) {
                Diagnostic error =
                        Diagnostic.error("NND0424", name.span(), "there is no field `" + name.name() + "` to augment");
                c.report(Expressions.suggest(error, name.span(), Nearest.to(name.name(), declared)));
            }
            return Optional.empty();
        }
        return target(field.get(), name.span(), item) ? steps(pipe, field.get(), item) : Optional.empty();
    }

    private boolean target(TypedData.Field field, Span span, DataItem.Augment item) {
        boolean numbers = field.label().isEmpty() && field.type().dtype().isFloat();
        if (!numbers) {
            c.report(Diagnostic.error(
                            "NND0424",
                            span,
                            "`" + field.name() + "` is "
                                    + (field.label().isPresent() ? "a label" : field.type() + ", not numbers of float")
                                    + ", and only inputs of float dtype are augmented")
                    .label(field.span(), "declared here"));
            return false;
        }
        Span first = augmented.putIfAbsent(field.name(), item.span());
        if (first != null) {
            c.report(Diagnostic.error("NND0424", item.span(), "`" + field.name() + "` is augmented twice")
                    .label(first, "the first is here")
                    .help("join them: one `augment` holds all stages, in order"));
        }
        return first == null;
    }

    private Optional<Augmentation> steps(Expr.Pipe pipe, TypedData.Field field, DataItem.Augment item) {
        var steps = new ArrayList<Augmentation.Step>();
        for (Expr.Stage stage : pipe.stages()) {
            step(stage.function(), field).ifPresent(steps::add);
        }
        return steps.size() == pipe.stages().size()
                ? Optional.of(new Augmentation(field.name(), steps, item.span()))
                : Optional.empty();
    }

    private Optional<Augmentation.Step> step(Expr function, TypedData.Field field) {
        Expr callee = function instanceof Expr.Call call ? call.callee() : function;
        if (!(callee instanceof Expr.Name name) || !AugmentNames.all().contains(name.name())) {
            c.report(AugmentNames.unknown(callee));
            return Optional.empty();
        }
        var kind = Augmentation.Kind.valueOf(name.name().toUpperCase(Locale.ROOT));
        List<Expr.Argument> arguments = function instanceof Expr.Call call ? call.arguments() : List.of();
        List<Option> options = OPTIONS.getOrDefault(kind, List.of());
        var slots = options.stream()
                .map(o -> new Arguments.Slot(o.name(), o.required()))
                .toList();
        var matched =
                c.arguments().match("`" + name.name() + "`", slots, List.of(), arguments, new At(function.span(), env));
        if (!matched.ok() || !image(kind, field, function.span())) {
            return Optional.empty();
        }
        var values = new LinkedHashMap<String, Constant>();
        for (Option option : options) {
            Optional<Arguments.Given> given = matched.get(option.name());
            if (given.isPresent()) {
                Optional<Constant> value = value(kind, option, given.get());
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                values.put(option.name(), value.get());
            }
        }
        return keepsShape(kind, values, field, function.span())
                ? Optional.of(new Augmentation.Step(kind, values, function.span()))
                : Optional.empty();
    }

    private boolean image(Augmentation.Kind kind, TypedData.Field field, Span span) {
        boolean any = kind == Augmentation.Kind.NOISE || kind.mixes();
        if (any || field.type().rank() == 3) {
            return true;
        }
        c.report(Diagnostic.error(
                        "NND0425",
                        span,
                        "`" + kind.text() + "` works on an image, [channels, height, width], and `" + field.name()
                                + "` is " + field.type())
                .label(field.span(), "declared here"));
        return false;
    }

    private Optional<Constant> value(Augmentation.Kind kind, Option option, Arguments.Given given) {
        if (given.value() instanceof Val.Poison) {
            return Optional.empty();
        }
        boolean flag = given.value() instanceof Val.Const(Constant.Bool b);
        double number = given.value() instanceof Val.Const(Constant k)
                ? ConstantFolding.number(k).orElse(Double.NaN)
                : Double.NaN;
        boolean whole = given.value() instanceof Val.Const(Constant.Int i);
        boolean fits = switch (option.kind()) {
            case SIZE -> whole && number >= 0 && number <= 65_536;
            case CHANCE -> number >= 0 && number <= 1;
            case AMOUNT -> number >= 0 && number <= 1e6;
            case DEGREES -> number >= 0 && number <= 360;
            case FLAG -> flag;
        };
        if (fits && given.value() instanceof Val.Const(Constant k)) {
            return Optional.of(k);
        }
        String wanted = switch (option.kind()) {
            case SIZE -> "a whole number of pixels";
            case CHANCE -> "a number from 0 to 1";
            case AMOUNT -> "a number of at least 0";
            case DEGREES -> "degrees from 0 to 360";
            case FLAG -> "true or false";
        };
        c.report(Diagnostic.error(
                "NND0425",
                given.span(),
                "`" + option.name() + "` of `" + kind.text() + "` takes " + wanted + ", got "
                        + Val.describe(given.value())));
        return Optional.empty();
    }

    /** A crop of another size than the field's would change its type. */
    private boolean keepsShape(Augmentation.Kind kind, Map<String, Constant> values, TypedData.Field field, Span span) {
        TensorType type = field.type();
        if (kind == Augmentation.Kind.SCALE) {
            return rising(values, span);
        }
        if (kind != Augmentation.Kind.RANDOM_CROP || !(values.get("height") instanceof Constant.Int(var height))) {
            return kind != Augmentation.Kind.RANDOM_GRAYSCALE || type.dim(0).is(3) || notColour(field, span);
        }
        var width = values.get("width") instanceof Constant.Int(var w) ? w : height;
        if (height.equals(type.dim(1)) && width.equals(type.dim(2))) {
            return true;
        }
        boolean square = type.dim(1).equals(type.dim(2));
        String right = square ? type.dim(1).toString() : type.dim(1) + ", " + type.dim(2);
        String padding = values.get("padding") instanceof Constant.Int(var p) ? ", padding: " + p : "";
        String call = "random_crop(" + right + padding + ")";
        c.report(Diagnostic.error(
                        "NND0425",
                        span,
                        "`random_crop` makes " + type.withDims(List.of(type.dim(0), height, width)) + ", and `"
                                + field.name() + "` is " + type)
                .label(field.span(), "declared here")
                .note("the model sees images of one shape, in training and after")
                .candidate("write `" + call + "`", span, call));
        return false;
    }

    private boolean rising(Map<String, Constant> values, Span span) {
        boolean fits = number(values, "low") <= number(values, "high");
        if (!fits) {
            c.report(Diagnostic.error("NND0425", span, "`high` of `scale` is at least `low`"));
        }
        return fits;
    }

    private static double number(Map<String, Constant> values, String option) {
        return Optional.ofNullable(values.get(option))
                .flatMap(k -> ConstantFolding.number(k).stream().boxed().findFirst())
                .orElse(0.0);
    }

    private boolean notColour(TypedData.Field field, Span span) {
        c.report(Diagnostic.error(
                        "NND0425",
                        span,
                        "`random_grayscale` works on 3 channels, and `" + field.name() + "` is " + field.type())
                .label(field.span(), "declared here"));
        return false;
    }
}
