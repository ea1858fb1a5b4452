package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;

/** A tensor of floats in a {@link ParameterSet}: a trainable one, or a buffer. */
public final class Parameter {

    private final Initializer initializer;
    private final boolean trained;
    private final Tensor value;
    private final Tensor gradient;
    private long offset = -1;

    Parameter(String name, Initializer initializer, boolean trained, boolean providerLayout, long[] dims) {
        this.initializer = initializer;
        this.trained = trained;
        this.value = providerLayout
                ? Tensor.undecided(name, ElementType.F32, dims)
                : Tensor.rowMajor(name, ElementType.F32, dims);
        this.gradient = Tensor.like(name + ".gradient", value);
    }

    /** Its stable, readable name, such as {@code layer.3.query.weight}. */
    public String name() {
        return value.name();
    }

    /** The logical dims; a copy. */
    public long[] dims() {
        return value.dims();
    }

    /** The product of the dims. */
    public long elements() {
        return value.elements();
    }

    /** Where it starts in the slabs of its set, in elements; -1 before the set has memory. */
    public long offset() {
        return offset;
    }

    /** Elements in each slab, with the padding of its home layout. */
    public long storedElements() {
        return value.storedElements();
    }

    /** False for a buffer, which no optimizer changes. */
    public boolean trained() {
        return trained;
    }

    /** True if its elements lie in row-major order in each slab. */
    public boolean plain() {
        return value.layout().plain();
    }

    /** Its part of a slab of its set. */
    public MemorySegment within(MemorySegment slab) {
        return part(slab);
    }

    /** Copies its part of a slab of its set, such as that of the gradients, in row-major order. */
    public void toRowMajor(MemorySegment slab, MemorySegment to) {
        value.layout().toRowMajor(part(slab), to);
    }

    /** Copies elements in row-major order to its part of a slab of its set. */
    public void fromRowMajor(MemorySegment from, MemorySegment slab) {
        value.layout().fromRowMajor(from, part(slab));
    }

    private MemorySegment part(MemorySegment slab) {
        return slab.asSlice(offset * Float.BYTES, storedElements() * Float.BYTES);
    }

    Initializer initializer() {
        return initializer;
    }

    Tensor value() {
        return value;
    }

    Tensor gradient() {
        return gradient;
    }

    void offset(long elements) {
        offset = elements;
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
