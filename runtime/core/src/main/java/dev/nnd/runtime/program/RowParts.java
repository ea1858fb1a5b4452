package dev.nnd.runtime.program;

import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A prediction whose batch is cut at rows that have nothing to do with one another: each thread takes some rows through all of
 * its own program, with ops of one thread, and then the next ones, so that threads meet once a prediction and not at each op,
 * and each works in caches of its own; one thread, too, finds more of what it has just computed there. The callers' inputs and outputs are those of the whole batch. A batch that is not
 * worth it is one part, whose ops the threads share. How it is cut depends on the sizes and the number of threads alone.
 * Nothing is allocated in a run.
 *
 * @param <P> the generated program
 */
public final class RowParts<P extends Program> {

    /**
     * A program for some of the rows, without memory yet.
     *
     * @param at where it was bound
     * @param program the program
     * @param forward computes its outputs
     * @param inputs row-major, rows on the first axis
     * @param outputs likewise
     */
    public record Part<P>(Binding at, P program, Runnable forward, List<Tensor> inputs, List<Tensor> outputs) {}

    /** Makes a part. */
    @FunctionalInterface
    public interface Binder<P> {

        /** One for so many rows, whose ops the provider computes. */
        Part<P> bind(Provider provider, int rows);
    }

    /** A weight that was read is used for all rows of a part; more rows than this make little difference. */
    private static final int ENOUGH_ROWS = 4;

    /** With less for each weight, a part would mostly read weights. */
    private static final double LEAST_FLOPS_OF_A_WEIGHT = 512;

    /** Arithmetic of a millisecond; with less in a part the time between ops counts. */
    private static final double LEAST_FLOPS = 100_000_000;

    private final Provider provider;
    private final Workers workers;
    private final int chunks;
    private final int rows;
    private final Binder<P> binder;
    private final List<Part<P>> parts = new ArrayList<>();
    private final List<Memory> memories = new ArrayList<>();
    private final Workers.Work work = this::chunk;
    private Tensor[] ports = {};
    /** The ports of the whole batch, in the order of those of a part. */
    private MemorySegment[] whole = {};
    /** Of each part, its ports: inputs, then outputs. */
    private MemorySegment[][] pieces = {};

    private int inputs;

    private RowParts(Provider provider, int n, int rows, Binder<P> binder) {
        this.chunks = n / rows;
        this.provider = chunks == 1 ? provider : provider.oneThread();
        this.workers = provider.workers();
        this.rows = rows;
        this.binder = binder;
    }

    /**
     * How the batch of a prediction is cut, without anything bound yet.
     *
     * @param n how many rows it has
     * @param flops arithmetic of all of them
     */
    public static <P extends Program> RowParts<P> of(
            Provider provider, ParameterSet parameters, int n, double flops, Binder<P> binder) {
        // While weights are trained each program packs its own.
        boolean fixed = parameters.version() >= 0;
        int rows = fixed ? rows(provider.threads(), n, flops, parameters.count()) : n;
        return new RowParts<>(provider, n, rows, binder);
    }

    /**
     * How many rows are computed at a time: as many for each thread as for any other, or else all of them.
     *
     * @param flops arithmetic of all rows
     * @param weights how many numbers each row is multiplied with
     */
    static int rows(int threads, int n, double flops, long weights) {
        if (n % threads != 0 || n < 2 * threads) {
            return n;
        }
        int each = n / threads;
        int rows = Math.min(each, ENOUGH_ROWS);
        while (each % rows != 0) {
            rows++;
        }
        double work = flops * rows / n;
        return work >= LEAST_FLOPS && work >= LEAST_FLOPS_OF_A_WEIGHT * weights ? rows : n;
    }

    /** Bytes that {@link #commit} takes, without taking them. */
    public long plannedBytes() {
        var part = binder.bind(provider, rows);
        long bytes = part.at().plannedBytes();
        return chunks == 1 ? bytes : bytes * programs() + wholeBytes(part);
    }

    private int programs() {
        return Math.min(chunks, workers.threads());
    }

    private long wholeBytes(Part<P> part) {
        long bytes = 0;
        for (var port : ports(part)) {
            bytes += aligned(chunks * port.storedBytes());
        }
        return bytes;
    }

    private static long aligned(long bytes) {
        return (bytes + Memory.ALIGNMENT - 1) / Memory.ALIGNMENT * Memory.ALIGNMENT;
    }

    private static <P> List<Tensor> ports(Part<P> part) {
        var ports = new ArrayList<>(part.inputs());
        ports.addAll(part.outputs());
        return ports;
    }

    /** Binds all parts and takes their memory. The program of the first one stands for the whole batch. */
    public P commit() {
        try {
            for (int i = 0; i < programs(); i++) {
                var part = binder.bind(provider, rows);
                memories.add(part.at().commit());
                parts.add(part);
            }
            var first = parts.getFirst();
            ports = ports(first).toArray(new Tensor[0]);
            inputs = first.inputs().size();
            pieces = parts.stream()
                    .map(p -> ports(p).stream().map(Tensor::segment).toArray(MemorySegment[]::new))
                    .toArray(MemorySegment[][]::new);
            whole = chunks == 1 ? pieces[0] : gathered(first);
            return first.program();
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private MemorySegment[] gathered(Part<P> part) {
        var memory = Memory.open(part.at().owner());
        memories.add(memory);
        var all = memory.allocate(wholeBytes(part));
        var segments = new MemorySegment[ports.length];
        long at = 0;
        for (int i = 0; i < ports.length; i++) {
            long bytes = chunks * ports[i].storedBytes();
            segments[i] = all.asSlice(at, bytes);
            at += aligned(bytes);
        }
        return segments;
    }

    /** The memory of an input or output for the whole batch, by that of the program that stands for it. */
    @SuppressWarnings("ReferenceEquality") // the same tensor, not an equal one
    public MemorySegment whole(Tensor port) {
        if (chunks == 1) {
            return port.segment();
        }
        for (int i = 0; i < ports.length; i++) {
            if (ports[i] == port) {
                port.segment(); // says so if the program is closed
                return whole[i];
            }
        }
        throw new IllegalArgumentException(port + " is no input or output");
    }

    /** Computes all rows. */
    public void run() {
        if (chunks == 1) {
            parts.getFirst().forward().run();
        } else {
            workers.runLong(work, chunks);
        }
    }

    private void chunk(int chunk, int slot) {
        var piece = pieces[slot];
        for (int i = 0; i < inputs; i++) {
            long bytes = piece[i].byteSize();
            MemorySegment.copy(whole[i], chunk * bytes, piece[i], 0, bytes);
        }
        parts.get(slot).forward().run();
        for (int i = inputs; i < piece.length; i++) {
            long bytes = piece[i].byteSize();
            MemorySegment.copy(piece[i], 0, whole[i], chunk * bytes, bytes);
        }
    }

    /** Bytes of memory that it has taken. */
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < memories.size(); i++) {
            bytes += memories.get(i).bytes();
        }
        return bytes;
    }

    /** Frees all of it. */
    public void close() {
        memories.forEach(Memory::close);
    }
}
