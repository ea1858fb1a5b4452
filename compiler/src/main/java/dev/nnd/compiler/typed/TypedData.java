package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/**
 * A checked data section.
 *
 * @param declaration as written
 * @param packageName the Java package; empty for none
 * @param sources in the order of the file
 * @param splits how sources are divided
 * @param fields in the order of the file
 */
public record TypedData(
        Decl.Data declaration, String packageName, List<Source> sources, List<Split> splits, List<Field> fields) {

    /** The section's name. */
    public String name() {
        return declaration.name().name();
    }

    /** A named set of files. */
    public record Source(String name, Format format, List<String> files, Span span) {}

    /** A kind of file; for IDX, {@code files} are the images' and the labels' file. */
    public enum Format {
        IDX,
        CIFAR,
        CSV
    }

    /** A division of a source by shares in percent that add up to 100. */
    public record Split(
            String source, List<Part> parts, boolean inOrder, Optional<String> stratifiedBy, long seed, Span span) {}

    /** A part of a split. */
    public record Part(String name, double percent) {}

    /**
     * A field of an example.
     *
     * @param type of one example, without a batch dim; i32 for a label
     * @param label present if the field is a {@code class[...]}
     */
    public record Field(String name, String doc, TensorType type, Optional<Label> label, DataExpr value, Span span) {}

    /** Label names; for {@code class[10]} they are {@code "0"} to {@code "9"} and {@code named} is false. */
    public record Label(List<String> names, boolean named) {}

    /** The field of that name. */
    public Optional<Field> field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }
}
