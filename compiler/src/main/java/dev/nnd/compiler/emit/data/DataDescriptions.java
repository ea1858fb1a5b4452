package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a data section declares, as Java constants. */
final class DataDescriptions {

    private DataDescriptions() {}

    static CodeBlock sources(TypedData data, DataShape shape) {
        return list(data.sources().stream()
                .map(s -> CodeBlock.of(
                        "new $T($S, $T.$L, $L, $L$L)",
                        RuntimeTypes.SOURCE_SPEC,
                        s.name(),
                        RuntimeTypes.FORMAT,
                        format(s.format()),
                        DataEmitter.strings(s.files()),
                        DataEmitter.strings(s.format().hasColumns() ? shape.columns() : labels(s)),
                        options(s)))
                .toList());
    }

    /** Which label of CIFAR-100 is read. */
    private static List<String> labels(TypedData.Source source) {
        boolean hundred = source.options().get("classes") instanceof Constant.Int(var classes) && classes.is(100);
        return hundred ? List.of(text(source, "labels", "fine")) : List.of();
    }

    private static CodeBlock options(TypedData.Source source) {
        if (source.format() == TypedData.Format.NPY) {
            // The names of its files, in their order.
            return CodeBlock.of(
                    ",$Wnew $T($S, $L, $S, $S, $S, $L, 0)",
                    RuntimeTypes.TABLE_OPTIONS,
                    "",
                    DataEmitter.strings(source.columns()),
                    "",
                    "",
                    "UTF-8",
                    DataEmitter.strings(List.of()));
        }
        boolean table = source.format() == TypedData.Format.TEXT
                || source.format() == TypedData.Format.CSV
                || source.format() == TypedData.Format.TSV;
        boolean usual =
                source.options().isEmpty() && source.columns().isEmpty() && source.format() != TypedData.Format.TSV;
        if (!table || usual) {
            return CodeBlock.of("");
        }
        boolean header = !(source.options().get("header") instanceof Constant.Bool(boolean has)) || has;
        return CodeBlock.of(
                ",$Wnew $T($S, $L, $S, $S, $S, $L, $L)",
                RuntimeTypes.TABLE_OPTIONS,
                text(source, "delimiter", source.format() == TypedData.Format.TSV ? "\t" : ""),
                DataEmitter.strings(source.columns()),
                text(source, "quote", ""),
                text(source, "comment", ""),
                charset(text(source, "encoding", "utf-8")),
                DataEmitter.strings(texts(source.options().get("missing"))),
                // Columns that are named take the place of a header line, if there is one.
                source.options().get("skip") instanceof Constant.Int(var skip)
                        ? skip + (header && !source.columns().isEmpty() ? " + 1" : "")
                        : header && !source.columns().isEmpty() ? "1" : "0");
    }

    private static String text(TypedData.Source source, String option, String otherwise) {
        return source.options().get(option) instanceof Constant.Text(String text) ? text : otherwise;
    }

    private static List<String> texts(@Nullable Constant list) {
        return list instanceof Constant.ListOf(var items)
                ? items.stream()
                        .filter(Constant.Text.class::isInstance)
                        .map(i -> ((Constant.Text) i).value())
                        .toList()
                : List.of();
    }

    /** The name that Java has for it. */
    private static String charset(String encoding) {
        return switch (encoding) {
            case "utf-16" -> "UTF-16";
            case "ascii" -> "US-ASCII";
            case "latin-1" -> "ISO-8859-1";
            case "windows-1252" -> "windows-1252";
            default -> "UTF-8";
        };
    }

    static CodeBlock splits(TypedData data) {
        return list(data.splits().stream()
                .map(s -> CodeBlock.of(
                        "new $T($S, $L, $L, $L, $LL$L)",
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
                        s.seed(),
                        more(s)))
                .toList());
    }

    /** What only some splits have: a field whose groups stay together, and a number of folds. */
    private static CodeBlock more(TypedData.Split split) {
        boolean folds = split.folds() > 0;
        CodeBlock by = split.groupedBy().map(g -> CodeBlock.of(", $S", g)).orElse(CodeBlock.of(folds ? ", null" : ""));
        return folds ? CodeBlock.of("$L, $L", by, split.folds()) : by;
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
            case TEXT -> "TEXT";
            case JSONL -> "JSONL";
            case NPY -> "NPY";
            case NPZ -> "NPZ";
            case IMAGES -> "IMAGES";
            case PARQUET -> "PARQUET";
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
