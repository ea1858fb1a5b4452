package dev.nnd.compiler.type;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A dtype and dims; no dims is a scalar.
 *
 * @param dtype the element type
 * @param dims outermost first
 */
public record TensorType(DType dtype, List<Dim> dims) {

    public TensorType {
        dims = List.copyOf(dims);
    }

    /** A tensor of these dims. */
    public static TensorType of(DType dtype, Dim... dims) {
        return new TensorType(dtype, List.of(dims));
    }

    /** A scalar. */
    public static TensorType scalar(DType dtype) {
        return new TensorType(dtype, List.of());
    }

    /** The number of dims. */
    public int rank() {
        return dims.size();
    }

    /** One dim; a negative index counts from the end. */
    public Dim dim(int index) {
        return dims.get(index < 0 ? dims.size() + index : index);
    }

    /** The product of the dims. */
    public Dim elements() {
        return Dim.product(dims);
    }

    /** The same dims with another dtype. */
    public TensorType as(DType other) {
        return new TensorType(other, dims);
    }

    /** The same dtype with other dims. */
    public TensorType withDims(List<Dim> other) {
        return new TensorType(dtype, other);
    }

    /** {@code f32[N, 3, 32, 32]}, or {@code f32} for a scalar. */
    @Override
    public String toString() {
        return dims.isEmpty()
                ? dtype.text()
                : dtype.text() + dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
