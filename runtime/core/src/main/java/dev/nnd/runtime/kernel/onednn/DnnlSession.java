package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;

/** A stream on the one CPU engine, with a number of threads: what the ops of one program share. */
final class DnnlSession implements AutoCloseable {

    /** oneDNN's argument numbers of a reorder. */
    static final int FROM = 1;

    static final int TO = 17;

    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    /** sizeof(dnnl_exec_arg_t): an int, a gap, a pointer. */
    static final int ARGUMENT_BYTES = 16;

    /** Lives as long as the process. */
    private static final long ENGINE = DnnlFunction.ENGINE_CREATE.create(CPU, 0L);

    private final int threads;
    private final Precision precision;
    private final boolean narrowRows;
    private final long stream;
    private final Cleaner.Cleanable cleanable;

    DnnlSession(int threads, Precision precision, boolean narrowRows) {
        this.threads = threads;
        this.precision = precision;
        this.narrowRows = narrowRows;
        var handles = new DnnlHandles();
        stream = handles.keep(DnnlFunction.STREAM_CREATE.create(ENGINE, IN_ORDER), DnnlFunction.STREAM_DESTROY);
        cleanable = Memory.whenUnreachable(this, handles);
    }

    int threads() {
        return threads;
    }

    /** Those who share its ops and loops. */
    Workers workers() {
        return OpenMpTeam.of(threads);
    }

    /** In which numbers products are computed. */
    Precision precision() {
        return precision;
    }

    /** Whether products of one row of a prediction are in bfloat16, whatever the precision of the others. */
    boolean narrowRows() {
        return narrowRows;
    }

    long stream() {
        return stream;
    }

    long engine() {
        return ENGINE;
    }

    /** Has the calls of this thread that follow use that many threads; a primitive is made for a number of them. */
    static void enter(int threads) {
        DnnlCalls.threads(threads);
    }

    /** A memory object over a segment's address. */
    long memory(DnnlHandles handles, long descriptor, MemorySegment segment) {
        return handles.keep(
                DnnlFunction.MEMORY_CREATE.create(descriptor, ENGINE, segment.address()), DnnlFunction.MEMORY_DESTROY);
    }

    /** Copies between layouts, off the path of a step. */
    void reorderOnce(
            DnnlHandles handles, long fromDescriptor, MemorySegment from, long toDescriptor, MemorySegment to) {
        enter(threads);
        long description = handles.keep(
                DnnlFunction.REORDER.create(fromDescriptor, ENGINE, toDescriptor, ENGINE, 0L),
                DnnlFunction.PRIMITIVE_DESC_DESTROY);
        long primitive =
                handles.keep(DnnlFunction.PRIMITIVE_CREATE.create(description), DnnlFunction.PRIMITIVE_DESTROY);
        try (var arena = Arena.ofConfined()) {
            // Both stay reachable and open as long as their owner does, who is our caller.
            var arguments = arena.allocate(2L * ARGUMENT_BYTES, Memory.ALIGNMENT);
            argument(arguments, 0, FROM, memory(handles, fromDescriptor, from));
            argument(arguments, 1, TO, memory(handles, toDescriptor, to));
            int status = OpenMpTeam.of(threads).execute(primitive, stream, 2, arguments.address());
            if (status != 0) {
                throw DnnlFunction.failure("a reorder", status);
            }
        }
    }

    /** Writes one dnnl_exec_arg_t. */
    static void argument(MemorySegment array, int position, int number, long memory) {
        array.set(ValueLayout.JAVA_INT, (long) position * ARGUMENT_BYTES, number);
        array.set(ValueLayout.JAVA_LONG, (long) position * ARGUMENT_BYTES + Long.BYTES, memory);
    }

    @Override
    public void close() {
        cleanable.clean();
    }
}
