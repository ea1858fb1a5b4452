package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A checked data section. What it has from another section ({@code data A from B}) is in it as if it were its own.
 *
 * @param declaration as written
 * @param packageName the Java package; empty for none
 * @param sources in the order of the file
 * @param splits how sources are divided
 * @param fields in the order of the file
 * @param augmentations of training examples, in order
 * @param onError what a row that cannot be read does
 */
public record TypedData(
        Decl.Data declaration,
        String packageName,
        List<Source> sources,
        List<Split> splits,
        List<Field> fields,
        List<Augmentation> augmentations,
        OnError onError) {

    /** A section without augmentations that ends with the first bad row. */
    public TypedData(
            Decl.Data declaration, String packageName, List<Source> sources, List<Split> splits, List<Field> fields) {
        this(declaration, packageName, sources, splits, fields, List.of(), new OnError.Fail());
    }

    /** The section's name. */
    public String name() {
        return declaration.name().name();
    }

    /** What a row that cannot be read does. */
    public sealed interface OnError {
        /** It ends the reading. */
        record Fail() implements OnError {}

        /** It is left out and counted; more than {@code limit} of them end the reading. */
        record Skip(long limit, Span span) implements OnError {}
    }

    /**
     * A named set of files.
     *
     * @param files for IDX the images' and the labels' file; for NPY the files in the order of {@code columns}
     * @param columns the names of columns, if the section says them: for NPY, or tables without a header
     * @param options by the language's names, as written; what was left out is absent
     */
    public record Source(
            String name,
            Format format,
            List<String> files,
            List<String> columns,
            Map<String, Constant> options,
            Span span) {

        /** A source without options. */
        public Source(String name, Format format, List<String> files, Span span) {
            this(name, format, files, List.of(), Map.of(), span);
        }
    }

    /** A kind of file. */
    public enum Format {
        IDX,
        CIFAR,
        CSV,
        TSV,
        JSONL,
        PARQUET,
        IMAGES,
        TEXT,
        NPY,
        NPZ;

        /** The word in the language. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** True for what holds {@code images} and {@code labels}. */
        public boolean hasImages() {
            return this == IDX || this == CIFAR || this == IMAGES;
        }

        /** True for what holds columns with names. */
        public boolean hasColumns() {
            return !hasImages() && this != TEXT;
        }

        /** True if a column can hold more than one number per row. */
        public boolean hasArrays() {
            return this == JSONL || this == PARQUET || this == NPY || this == NPZ;
        }
    }

    /** A division of a source by shares in percent that add up to 100. */
    public record Split(
            String source,
            List<Part> parts,
            long folds,
            boolean inOrder,
            Optional<String> stratifiedBy,
            Optional<String> groupedBy,
            long seed,
            Span span) {

        /** A split that keeps no groups together. */
        public Split(
                String source, List<Part> parts, boolean inOrder, Optional<String> stratifiedBy, long seed, Span span) {
            this(source, parts, 0, inOrder, stratifiedBy, Optional.empty(), seed, span);
        }
    }

    /** A part of a split. */
    public record Part(String name, double percent) {}

    /**
     * A field of an example.
     *
     * @param type of one example, without a batch dim; i32 for a label
     * @param label present if the field is a {@code class[...]}
     * @param ids present if the field holds ids, as tokens do
     */
    public record Field(
            String name,
            String doc,
            TensorType type,
            Optional<Label> label,
            Optional<Ids> ids,
            DataExpr value,
            Span span) {

        /** A field without ids. */
        public Field(String name, String doc, TensorType type, Optional<Label> label, DataExpr value, Span span) {
            this(name, doc, type, label, Optional.empty(), value, span);
        }
    }

    /** Label names; for {@code class[10]} they are {@code "0"} to {@code "9"} and {@code named} is false. */
    public record Label(List<String> names, boolean named) {}

    /**
     * The ids of a field are at least 0 and below {@code count}.
     *
     * @param count a number, or a variable such as {@code Shakespeare.tokens.vocab} that is learned from the data
     * @param span where that is said
     */
    public record Ids(Dim count, Span span) {}

    /** True for the name of a dim variable that is learned from data: it is at least 1 and fixed once the data is read. */
    public static boolean isLearned(String dim) {
        return dim.indexOf('.') > 0;
    }

    /** The field of that name. */
    public Optional<Field> field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }
}
