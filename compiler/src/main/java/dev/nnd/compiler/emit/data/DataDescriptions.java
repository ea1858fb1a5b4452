package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;

/** What a data section declares, as Java constants. */
final class DataDescriptions {

    private DataDescriptions() {}

    static CodeBlock sources(TypedData data, DataShape shape) {
        return list(data.sources().stream()
                .map(s -> CodeBlock.of(
                        "new $T($S, $T.$L, $L, $L)",
                        RuntimeTypes.SOURCE_SPEC,
                        s.name(),
                        RuntimeTypes.FORMAT,
                        format(s.format()),
                        DataEmitter.strings(s.files()),
                        DataEmitter.strings(s.format().hasColumns() ? shape.columns() : List.of())))
                .toList());
    }

    static CodeBlock splits(TypedData data) {
        return list(data.splits().stream()
                .map(s -> CodeBlock.of(
                        "new $T($S, $L, $L, $L, $LL)",
                        RuntimeTypes.SPLIT_SPEC,
                        s.source(),
                        list(s.parts().stream()
                                .map(p -> CodeBlock.of(
                                        "new $T($S, $L)",
                                        RuntimeTypes.SPLIT_SPEC.nestedClass("Part"),
                                        p.name(),
                                        p.percent()))
                                .toList()),
                        s.inOrder(),
                        s.stratifiedBy().map(by -> CodeBlock.of("$S", by)).orElse(CodeBlock.of("null")),
                        s.seed()))
                .toList());
    }

    static CodeBlock fields(TypedData data) {
        return list(data.fields().stream()
                .map(f -> CodeBlock.of(
                        "new $T($S, $T.$L, new long[] {$L}, $L)",
                        RuntimeTypes.FIELD_SPEC,
                        f.name(),
                        RuntimeTypes.ELEMENT_TYPE,
                        elementType(f.type().dtype()),
                        CodeBlock.join(
                                f.type().dims().stream()
                                        .map(d -> CodeBlock.of("$L", d))
                                        .toList(),
                                ", "),
                        f.label().isPresent() ? FieldEncoders.namesName(f) : "null"))
                .toList());
    }

    private static CodeBlock list(List<CodeBlock> items) {
        return CodeBlock.of("$T.of($L)", List.class, CodeBlock.join(items, ",$W"));
    }

    private static String format(TypedData.Format format) {
        return switch (format) {
            case IDX -> "IDX";
            case CIFAR -> "CIFAR";
            case CSV, TSV -> "CSV";
            case JSONL, PARQUET, IMAGES, TEXT, NPY, NPZ ->
                throw new IllegalArgumentException("no reader for " + format);
        };
    }

    /** The runtime's name of a dtype that fields can have. */
    static String elementType(DType type) {
        return switch (type) {
            case F64, F32, I64, I32, U8, BOOL -> type.name();
            case F16, BF16, I8 -> throw new IllegalArgumentException("a field cannot be " + type);
        };
    }
}
