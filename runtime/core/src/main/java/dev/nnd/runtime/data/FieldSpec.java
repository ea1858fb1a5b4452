package dev.nnd.runtime.data;

import dev.nnd.runtime.memory.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field of an example.
 *
 * @param name as in the data section
 * @param type element type; I32 for a label
 * @param dims of one example, without the batch; empty for a scalar
 * @param labelNames the names by index if the field is a {@code class[...]}, else null
 */
public record FieldSpec(
        String name,
        ElementType type,
        long[] dims,
        @Nullable List<String> labelNames) {
    public FieldSpec {
        dims = dims.clone();
        labelNames = labelNames == null ? null : List.copyOf(labelNames);
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    /** Elements of one example. */
    public long elements() {
        return Arrays.stream(dims).reduce(1, Math::multiplyExact);
    }

    /** Bytes of one example. */
    public long bytes() {
        return elements() * type.bytes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSpec that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(dims, that.dims)
                && Objects.equals(labelNames, that.labelNames);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(dims);
    }

    /** As in the language: {@code image: f32[1, 28, 28]}. */
    @Override
    public String toString() {
        var word = type.name().toLowerCase(Locale.ROOT);
        return name + ": " + word + (dims.length == 0 ? "" : Arrays.toString(dims));
    }
}
