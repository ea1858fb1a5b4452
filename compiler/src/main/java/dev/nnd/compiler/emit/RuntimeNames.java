package dev.nnd.compiler.emit;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.type.TensorType;
import java.util.List;

/** The runtime's types that generated models and programs name. */
public final class RuntimeNames {

    private static final String ROOT = "dev.nnd.runtime.";

    public static final ClassName TENSOR = ClassName.get(ROOT + "memory", "Tensor");
    public static final ClassName ELEMENT_TYPE = ClassName.get(ROOT + "memory", "ElementType");
    public static final ClassName MEMORY = ClassName.get(ROOT + "memory", "Memory");
    public static final ClassName BINDING = ClassName.get(ROOT + "program", "Binding");
    public static final ClassName PARAMETER = ClassName.get(ROOT + "program", "Parameter");
    public static final ClassName PARAMETER_GROUP = ClassName.get(ROOT + "program", "ParameterGroup");
    public static final ClassName PARAMETER_SET = ClassName.get(ROOT + "program", "ParameterSet");
    public static final ClassName INITIALIZER = ClassName.get(ROOT + "program", "Initializer");
    public static final ClassName WEIGHT_SHAPES = ClassName.get(ROOT + "program", "WeightShapes");
    public static final ClassName PROGRAM = ClassName.get(ROOT + "program", "Program");
    public static final ClassName CACHES = ClassName.get(ROOT + "program", "Caches");
    public static final ClassName DECODER_STEP = ClassName.get(ROOT + "generate", "DecoderStep");
    public static final ClassName GENERATOR = ClassName.get(ROOT + "generate", "Generator");
    public static final ClassName GENERATION = ClassName.get(ROOT + "generate", "Generation");
    public static final ClassName COMPLETION = ClassName.get(ROOT + "generate", "Completion");
    public static final ClassName TOKEN_LISTENER = ClassName.get(ROOT + "generate", "TokenListener");
    public static final ClassName PROGRAM_POOL = ClassName.get(ROOT + "program", "ProgramPool");
    public static final ClassName ROW_PARTS = ClassName.get(ROOT + "program", "RowParts");
    public static final ClassName SCAN_PARTS = ClassName.get(ROOT + "program", "ScanParts");
    public static final ClassName SHARED_CALL = ClassName.get(ROOT + "kernel", "SharedCall");
    public static final ClassName BOUND_OP = ClassName.get(ROOT + "kernel", "BoundOp");
    public static final ClassName BOOLEANS = ClassName.get(ROOT + "memory", "Booleans");
    public static final ClassName DRAWS = ClassName.get(ROOT + "random", "Draws");
    public static final ClassName PROVIDER = ClassName.get(ROOT + "kernel", "Provider");
    public static final ClassName WINDOW = ClassName.get(ROOT + "kernel", "Window");
    public static final ClassName POOLING = ClassName.get(ROOT + "kernel", "Pooling");
    public static final ClassName MATMUL_AXES = ClassName.get(ROOT + "kernel", "MatmulAxes");
    public static final ClassName TRAIN_STEP = ClassName.get(ROOT + "train", "TrainStep");
    public static final ClassName PROFILE = ClassName.get(ROOT + "profile", "Profile");
    public static final ClassName OP_TIMER = ClassName.get(ROOT + "profile", "OpTimer");
    public static final ClassName EVAL_STEP = ClassName.get(ROOT + "train", "EvalStep");

    /** Source that may name any of them. */
    public static final SourceText TEXT = new SourceText(List.of(
            TENSOR,
            ELEMENT_TYPE,
            MEMORY,
            BINDING,
            PARAMETER,
            PARAMETER_SET,
            WEIGHT_SHAPES,
            INITIALIZER,
            SCAN_PARTS,
            ROW_PARTS,
            BOUND_OP,
            PROVIDER,
            WINDOW,
            POOLING,
            MATMUL_AXES,
            PROFILE));

    private RuntimeNames() {}

    /** {@code ElementType.F32}. */
    public static String elementType(DType dtype) {
        return switch (dtype) {
            case F64, F32, I64, I32, U8, BOOL -> "ElementType." + dtype.name();
            case F16, BF16, I8 -> throw new IllegalArgumentException("the runtime has no tensors of " + dtype);
        };
    }

    /** {@code new Initializer.Uniform(-0.05, 0.05)}: fans are folded into numbers where they are known. */
    public static String initializer(Initializer initializer, TensorType type, DimCode dims) {
        return switch (initializer) {
            case Initializer.TruncatedNormal(double mean, double std) ->
                "new Initializer.TruncatedNormal(" + mean + ", " + std + ")";
            case Initializer.Orthogonal(double gain) ->
                "new Initializer.Orthogonal(" + rows(type, dims) + ", " + columns(type, dims) + ", " + gain + ")";
            case Initializer.Identity _ -> "new Initializer.Identity(" + columns(type, dims) + ")";
            case Initializer.Fill(double value) -> "new Initializer.Fill(" + value + ")";
            case Initializer.Uniform(double low, double high) -> uniform(low, high);
            case Initializer.Normal(double mean, double std) -> "new Initializer.Normal(" + mean + ", " + std + ")";
            case Initializer.FanUniform(var fan, double gain) -> {
                if (fan.constant().isEmpty()) {
                    yield "Initializer.fanUniform(" + dims.code(fan) + ", " + gain + ")";
                }
                double bound = gain / Math.sqrt(fan.constant().orElseThrow());
                yield uniform(-bound, bound);
            }
            case Initializer.FanNormal(var fan, double gain) ->
                fan.constant().isEmpty()
                        ? "Initializer.fanNormal(" + dims.code(fan) + ", " + gain + ")"
                        : "new Initializer.Normal(0.0, "
                                + gain / Math.sqrt(fan.constant().getAsLong()) + ")";
        };
    }

    private static String uniform(double low, double high) {
        return "new Initializer.Uniform(" + low + ", " + high + ")";
    }

    /** The first dim counts as rows, the product of the others as columns. */
    private static String rows(TensorType type, DimCode dims) {
        return type.rank() == 0 ? "1" : dims.code(type.dim(0));
    }

    private static String columns(TensorType type, DimCode dims) {
        return type.rank() < 2 ? "1" : dims.product(type.dims().subList(1, type.rank()));
    }
}
