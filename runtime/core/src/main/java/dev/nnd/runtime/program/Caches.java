package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What programs keep from run to run and share, such as the keys and values of earlier tokens: the first program that is
 * bound makes the tensors, others find them by their names. For one thread.
 */
public final class Caches implements AutoCloseable {

    private final Memory memory;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** No caches yet; {@code owner} names them in messages. */
    public Caches(String owner) {
        this.memory = Memory.open(owner);
    }

    /** The row-major tensor of that name, full of zeros when it is new. */
    Tensor tensor(String name, ElementType type, long... dims) {
        Tensor tensor = tensors.computeIfAbsent(name, _ -> made(name, type, dims));
        if (tensor.type() != type || !Arrays.equals(tensor.dims(), dims)) {
            throw new IllegalArgumentException("the cache " + tensor + " is no " + type + Arrays.toString(dims));
        }
        return tensor;
    }

    private Tensor made(String name, ElementType type, long... dims) {
        Tensor tensor = Tensor.rowMajor(name, type, dims);
        tensor.place(memory.allocate(tensor.storedBytes()));
        return tensor;
    }

    /** Forgets what is kept: everything is zero again. */
    public void clear() {
        tensors.values().forEach(t -> t.segment().fill((byte) 0));
    }

    /** How much memory they take. */
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public void close() {
        tensors.values().forEach(t -> t.place(null));
        memory.close();
    }
}
