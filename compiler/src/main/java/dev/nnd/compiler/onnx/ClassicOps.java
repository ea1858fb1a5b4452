package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The operators of {@code ai.onnx.ml} that compute with numbers: scaling, filling in, linear models. */
final class ClassicOps {

    private static final String DOMAIN = "ai.onnx.ml:";

    private static final int MOST_LABELS = 256;

    private ClassicOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, DOMAIN + "Scaler", ClassicOps::scaler);
        Rule.one(
                table,
                DOMAIN + "Binarizer",
                c -> c.cast(
                        c.emit("{} > {}", c.in(0), Literals.of(c.number("threshold", 0))),
                        c.type(0).dtype()));
        Rule.one(table, DOMAIN + "Normalizer", ClassicOps::normalizer);
        Rule.one(table, DOMAIN + "Imputer", ClassicOps::imputer);
        Rule.one(
                table,
                DOMAIN + "ArrayFeatureExtractor",
                c -> IndexOps.take(c, c.in(0), c.reshape(c.in(1), c.type(1).elements()), c.rank(0) - 1));
        Rule.one(table, DOMAIN + "FeatureVectorizer", c -> MoveOps.concat(c, c.all(), 1));
        Rule.one(table, DOMAIN + "LinearRegressor", ClassicOps::linear);
        Rule.one(table, DOMAIN + "LabelEncoder", ClassicOps::labels);
    }

    private static Value floats(NodeCall c, String attribute) {
        List<Float> numbers = c.numbers(attribute);
        return c.known(TensorData.floats(DType.F32, List.of((long) numbers.size()), numbers::get));
    }

    private static Value scaler(NodeCall c) {
        Value x = c.cast(c.in(0), DType.F32);
        Value moved = ElementwiseOps.operator(c, "-", x, floats(c, "offset"));
        return ElementwiseOps.operator(c, "*", moved, floats(c, "scale"));
    }

    private static Value normalizer(NodeCall c) {
        Value x = c.cast(c.in(0), DType.F32);
        String size = switch (c.word("norm", "MAX")) {
            case "L1" -> "sum(abs({}), axis: -1, keep_dims: true)";
            case "L2" -> "sqrt(sum(square({}), axis: -1, keep_dims: true))";
            default -> "max({}, axis: -1, keep_dims: true)";
        };
        Value norm = c.emit(size, x);
        return c.emit("{} / select({} == 0.0, 1.0, {})", x, norm, norm);
    }

    private static Value imputer(NodeCall c) {
        Value x = c.in(0);
        if (!x.type().dtype().isFloat()) {
            throw new OnnxProblem("values that are missing are filled in for floats only, its input is " + x.type());
        }
        float missing = c.number("replaced_value_float", 0);
        Value gone = Float.isNaN(missing) ? c.emit("{} -> is_nan", x) : c.emit("{} == ({})", x, Literals.of(missing));
        Value filled = ElementwiseOps.expand(
                c, floats(c, "imputed_value_floats"), x.type().dims());
        return c.emit("select({}, {}, {})", gone, filled, x);
    }

    private static Value linear(NodeCall c) {
        long targets = c.integer("targets", 1);
        List<Float> numbers = c.numbers("coefficients");
        if (!c.word("post_transform", "NONE").equals("NONE") || numbers.isEmpty() || numbers.size() % targets != 0) {
            throw new OnnxProblem("linear models without a transformation behind them are supported");
        }
        TensorData weight = TensorData.floats(DType.F32, List.of(targets, numbers.size() / targets), numbers::get);
        Value y = Layers.dense(c, c.cast(c.in(0), DType.F32), new Value.Known("coefficients", weight, true));
        return c.numbers("intercepts").isEmpty() ? y : ElementwiseOps.operator(c, "+", y, floats(c, "intercepts"));
    }

    /** Numbers for numbers; those that are not listed become the default. */
    private static Value labels(NodeCall c) {
        TensorData keys = table(c, "keys");
        TensorData values = table(c, "values");
        if (keys.size() != values.size() || keys.size() > MOST_LABELS) {
            throw new OnnxProblem("as many values as keys, up to " + MOST_LABELS + ", are supported");
        }
        Value x = ElementwiseOps.convert(c, c.in(0), keys.dtype());
        TensorData otherwise = otherwise(c, values.dtype());
        var dims = x.type().dims();
        Value made = ElementwiseOps.expand(c, c.known(otherwise), dims);
        for (int i = keys.size() - 1; i >= 0; i--) {
            int at = i;
            Value key = c.known(keys.moved(List.of(), n -> at));
            boolean odd = keys.dtype().isFloat() && Double.isNaN(keys.number(at));
            Value hit = odd ? c.emit("{} -> is_nan", x) : c.emit("{} == {}", x, key);
            made = c.emit("select({}, {}, {})", hit, c.known(values.moved(List.of(), n -> at)), made);
        }
        return made;
    }

    private static TensorData table(NodeCall c, String name) {
        if (c.hasAttribute(name + "_tensor")) {
            return c.walk().tensors().read(c.attribute(name + "_tensor").getT(), name);
        }
        if (c.hasAttribute(name + "_int64s")) {
            List<Long> numbers = new ArrayList<>(c.integers(name + "_int64s").orElseThrow());
            return TensorData.vector(numbers);
        }
        List<Float> numbers = c.numbers(name + "_floats");
        if (numbers.isEmpty()) {
            throw new OnnxProblem("its labels are text, and the language has tensors of numbers only");
        }
        return TensorData.floats(DType.F32, List.of((long) numbers.size()), numbers::get);
    }

    private static TensorData otherwise(NodeCall c, DType dtype) {
        if (c.hasAttribute("default_tensor")) {
            TensorData data =
                    c.walk().tensors().read(c.attribute("default_tensor").getT(), "default");
            return data.reshaped(List.of()).cast(dtype);
        }
        return dtype.isFloat()
                ? TensorData.floats(dtype, List.of(), i -> c.number("default_float", -0.0))
                : TensorData.integers(dtype, List.of(), i -> c.integer("default_int64", -1));
    }
}
