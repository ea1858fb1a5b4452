package dev.nnd.runtime.weights;

import java.util.List;

/**
 * One tensor of a safetensors file.
 *
 * @param shape dims, each at least 0; empty for a scalar
 * @param begin the first byte, counted from the end of the header
 * @param end the byte behind the last one
 */
public record Entry(String name, Encoding encoding, List<Long> shape, long begin, long end) {

    /** The product of the dims. */
    public long elements() {
        return (end - begin) / encoding.bytes();
    }
}
