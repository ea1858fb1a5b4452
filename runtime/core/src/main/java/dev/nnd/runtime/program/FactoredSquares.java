package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Mean squares of gradients in the little memory that Adafactor takes (Shazeer and Stern, 2018): of a weight whose last two dims are a matrix
 * one number for each row and each column, of any other one for each element.
 */
public final class FactoredSquares {

    /** What the names of such states begin with. */
    static final String PREFIX = "factored.";

    /**
     * What is kept of one weight; a weight of more than two dims is many matrices.
     *
     * @param matrices how many; 0 for a weight that is none, of which {@code rows} has all numbers
     * @param rows the rows' numbers, matrix after matrix
     * @param columns the columns' numbers, matrix after matrix
     */
    public record Part(long matrices, MemorySegment rows, MemorySegment columns) {}

    private final Map<Parameter, Part> parts = new LinkedHashMap<>();

    FactoredSquares(Memory memory, List<Parameter> parameters) {
        for (var parameter : parameters) {
            long[] dims = parameter.dims();
            long rows = rows(dims);
            long columns = columns(dims);
            boolean matrix = rows > 1 && columns > 1;
            long matrices = matrix ? parameter.elements() / (rows * columns) : 0;
            parts.put(
                    parameter,
                    new Part(
                            matrices,
                            memory.allocate((matrix ? matrices * rows : parameter.elements()) * Float.BYTES),
                            memory.allocate(matrices * columns * Float.BYTES)));
        }
    }

    static long rows(long[] dims) {
        return dims.length < 2 ? 1 : dims[dims.length - 2];
    }

    static long columns(long[] dims) {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    /** That of a weight. */
    public Part of(Parameter parameter) {
        var part = parts.get(parameter);
        if (part == null) {
            throw new IllegalArgumentException(parameter + " is not trained");
        }
        return part;
    }

    /** Bytes of all. */
    public long bytes() {
        return parts.values().stream()
                .mapToLong(p -> p.rows().byteSize() + p.columns().byteSize())
                .sum();
    }

    /** The tensors of a file: {@code factored.v.rows/dense.weight} and {@code factored.v.columns/dense.weight}, or {@code factored.v/dense.bias}. */
    Map<String, Stored> stored(String state) {
        var all = new LinkedHashMap<String, Stored>();
        parts.forEach((parameter, part) -> {
            long[] dims = parameter.dims();
            if (part.matrices() == 0) {
                all.put(state + "/" + parameter.name(), new Stored(dims, part.rows()));
                return;
            }
            all.put(state + ".rows/" + parameter.name(), new Stored(without(dims, dims.length - 1), part.rows()));
            all.put(state + ".columns/" + parameter.name(), new Stored(without(dims, dims.length - 2), part.columns()));
        });
        return all;
    }

    /** Dims and memory of a tensor in a file. */
    record Stored(long[] dims, MemorySegment floats) {}

    private static long[] without(long[] dims, int axis) {
        var rest = new long[dims.length - 1];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = dims[i < axis ? i : i + 1];
        }
        return rest;
    }
}
