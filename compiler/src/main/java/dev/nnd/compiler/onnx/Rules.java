package dev.nnd.compiler.onnx;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The operators that can be imported. */
final class Rules {

    private static final Map<String, Rule> STANDARD = Collections.unmodifiableMap(standard());

    private static final Map<String, Rule> LIBRARY = Collections.unmodifiableMap(library());

    /** What com.microsoft has as the standard has it. */
    private static final Set<String> SHARED =
            Set.of("Gelu", "QuantizeLinear", "DequantizeLinear", "GridSample", "Trilu", "RotaryEmbedding");

    private static final Set<String> TEXT =
            Set.of("RegexFullMatch", "TfIdfVectorizer", "CategoryMapper", "DictVectorizer", "CastMap", "ZipMap");

    private Rules() {}

    static Optional<Rule> find(String domain, String op) {
        return switch (domain) {
            case "", "ai.onnx.preview", "ai.onnx.preview.training" -> Optional.ofNullable(STANDARD.get(op));
            case "com.microsoft" ->
                Optional.ofNullable(STANDARD.get("com.microsoft:" + op))
                        .or(() -> Optional.ofNullable(STANDARD.get(op)).filter(r -> SHARED.contains(op)));
            case "ai.onnx.ml" -> Optional.ofNullable(STANDARD.get("ai.onnx.ml:" + op));
            case OnnxImport.LIBRARY -> Optional.ofNullable(LIBRARY.get(op));
            default -> Optional.empty();
        };
    }

    /** Why an operator is none of the language's, where that is known. */
    static String reason(String op) {
        boolean text = op.startsWith("String") || TEXT.contains(op);
        return text
                ? ": it works on text, and the language has tensors of numbers only"
                : op.equals("ImageDecoder")
                        ? ": it reads image files; read them with a `data` section, or decode them in Java"
                        : "";
    }

    /** Their names, in alphabetical order; those of another domain have it in front. */
    static SortedSet<String> names() {
        return new TreeSet<>(STANDARD.keySet());
    }

    private static Map<String, Rule> library() {
        var table = new TreeMap<String, Rule>();
        LibraryOps.add(table);
        return table;
    }

    private static Map<String, Rule> standard() {
        var table = new TreeMap<String, Rule>();
        ElementwiseOps.add(table);
        ActivationOps.add(table);
        ReduceOps.add(table);
        MoveOps.add(table);
        CutOps.add(table);
        IndexOps.add(table);
        ScatterOps.add(table);
        ConvolutionOps.add(table);
        PoolOps.add(table);
        ResizeOps.add(table);
        SampleOps.add(table);
        NormalizeOps.add(table);
        MatrixOps.add(table);
        RecurrentOps.add(table);
        AttentionOps.add(table);
        StateOps.add(table);
        LossOps.add(table);
        ControlOps.add(table);
        SequenceOps.add(table);
        TrainingOps.add(table);
        DataDependent.add(table);
        SignalOps.add(table);
        BitOps.add(table);
        RegionOps.add(table);
        ClassicOps.add(table);
        QuantizeOps.add(table);
        RandomOps.add(table);
        MicrosoftOps.add(table);
        FusedAttentionOps.add(table);
        return table;
    }
}
