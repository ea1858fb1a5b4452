package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.Distribution;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers. The graph takes a seed and a step as numbers of the program, {@link #SEED} and {@link #STEP}, if it draws
 * anything; each use of a random function is a stream of its own.
 */
public final class RandomLowering {

    /** The port of the seed; the dot keeps it apart from names of the language. */
    public static final String SEED = "random.seed";

    /** The port of the number that changes with every run. */
    public static final String STEP = "random.step";

    /** The largest prime below 2^31, so that products stay exact in double precision too. */
    private static final long SEEDS = 2_147_483_647L;
    /** A prime, more than a body has calls. */
    private static final long SEEDS_APART = 100_003;

    private final GraphBuilder to;
    private final BufferValues buffers;
    private long streams;
    private long calls;
    private @Nullable Value seed;
    private @Nullable Value step;

    RandomLowering(GraphBuilder to, BufferValues buffers) {
        this.to = to;
        this.buffers = buffers;
    }

    /** New numbers of that type. */
    Value draw(Distribution distribution, TensorType type, String name) {
        Value key = seed();
        Value time = step();
        if (type.rank() == 0) {
            Value one =
                    to.apply(new Op.Random(List.of(Dim.ONE), distribution, Dim.of(streams++), type.dtype()), key, time);
            return to.reshape(one, List.of());
        }
        return to.apply(name, new Op.Random(type.dims(), distribution, Dim.of(streams++), type.dtype()), key, time);
    }

    private Value seed() {
        Value known = seed == null ? to.input(Port.Role.SCALAR, SEED, TensorType.scalar(DType.I64)) : seed;
        seed = known;
        return known;
    }

    private Value step() {
        Value known = step == null ? to.input(Port.Role.SCALAR, STEP, TensorType.scalar(DType.I64)) : step;
        step = known;
        return known;
    }

    /** The seed, if anything is drawn so far. */
    Optional<Value> seedInUse() {
        return Optional.ofNullable(seed);
    }

    /** A seed for each step of a scan. */
    Value seeds(Dim steps) {
        Value own = to.broadcast(to.multiply(operand(SEED), to.constant(SEEDS_APART, DType.I64)), List.of(steps));
        Value shifted = to.add(own, new IndexArithmetic(to).range(steps, DType.I64));
        Value modulus = to.broadcast(to.constant(SEEDS, DType.I64), List.of(steps));
        return to.binary(Op.BinaryFunction.REMAINDER, shifted, modulus);
    }

    /** The operand of a call for the port of that name in the function: every call has a seed of its own. */
    Value operand(String port) {
        if (port.equals(STEP)) {
            return step();
        }
        Value modulus = to.constant(SEEDS, DType.I64);
        Value below = to.binary(Op.BinaryFunction.REMAINDER, seed(), modulus);
        Value spread = to.multiply(below, to.constant(SEEDS_APART, DType.I64));
        Value shifted = to.add(spread, to.constant(++calls, DType.I64));
        return to.binary(Op.BinaryFunction.REMAINDER, shifted, modulus);
    }

    /**
     * In training each element is 0 with probability {@code rate}, else x / (1 - rate); in use x itself.
     *
     * @param shared the axes along which all elements share a fate
     */
    Value dropout(Value x, double rate, List<Integer> shared) {
        if (!buffers.training() || rate == 0) {
            return x;
        }
        DType dtype = x.type().dtype();
        List<Dim> dims = new ArrayList<>(x.type().dims());
        shared.forEach(axis -> dims.set(axis, Dim.ONE));
        Value drawn = draw(Distribution.UNIFORM, x.type().withDims(dims), "drawn");
        Value kept = to.compare(Op.Comparison.GREATER_EQUAL, drawn, to.constant(rate, dtype));
        // A factor and not a choice: vectors serve it, and its gradient needs the factor alone.
        Value factor = to.select(kept, to.constant(1 / (1 - rate), dtype), to.constant(0, dtype));
        return to.multiply(x, factor);
    }
}
