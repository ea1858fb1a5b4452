package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Primitives of oneDNN with the reorders, and the loops in Java, that they need around them. */
final class DnnlOp extends BoundOp {

    /**
     * An operand of a primitive.
     *
     * @param offset where it begins in the tensor's memory, in bytes
     * @param stride how much further it begins at each repetition, in bytes
     */
    record Argument(int number, long descriptor, Tensor tensor, long offset, long stride) {

        Argument(int number, long descriptor, Tensor tensor) {
            this(number, descriptor, tensor, 0, 0);
        }
    }

    /** What is done in a run, one after the other. */
    sealed interface Step {}

    /**
     * A primitive description and its operands.
     *
     * @param ofWeights whether it depends on weights alone, so that its result holds until they change
     * @param times how often it runs, each time with its own part of the tensors
     */
    record Primitive(long description, boolean ofWeights, int times, List<Argument> arguments) implements Step {}

    /** A loop in Java, which is made when its operands have their memory. */
    record Loop(Supplier<Runnable> placed) implements Step {}

    private static final long NEVER = -2;

    private final DnnlSession session;
    private final OpenMpTeam team;
    private final DnnlHandles handles;
    private final Cleaner.Cleanable cleanable;
    private final List<Step> steps;
    private final Preparation[] preparations;
    private final boolean[] ofWeights;
    private final LongSupplier weightsVersion;
    private final long[] primitives;
    private final int[] counts;
    private final int[] times;
    private final long[] arguments;
    private final @Nullable Runnable[] loops;
    private @Nullable Memory memory;
    private long seen = NEVER;

    DnnlOp(
            String name,
            List<Tensor> outputs,
            DnnlSession session,
            int threads,
            DnnlHandles handles,
            List<Preparation> preparations,
            List<Step> steps,
            LongSupplier weightsVersion) {
        super(name, outputs);
        this.session = session;
        this.team = OpenMpTeam.of(threads);
        this.handles = handles;
        this.cleanable = Memory.whenUnreachable(this, handles);
        this.preparations = preparations.toArray(Preparation[]::new);
        this.steps = List.copyOf(steps);
        this.weightsVersion = weightsVersion;
        this.ofWeights = new boolean[steps.size()];
        for (int i = 0; i < ofWeights.length; i++) {
            ofWeights[i] = steps.get(i) instanceof Primitive primitive && primitive.ofWeights();
        }
        this.primitives = new long[steps.size()];
        this.counts = new int[steps.size()];
        this.times = new int[steps.size()];
        this.arguments = new long[steps.size()];
        this.loops = new Runnable[steps.size()];
    }

    @Override
    public void place(Memory placed) {
        DnnlSession.enter(team.threads());
        for (int i = 0; i < steps.size(); i++) {
            switch (steps.get(i)) {
                case Primitive primitive -> place(i, primitive, placed);
                case Loop loop -> loops[i] = loop.placed().get();
            }
        }
        for (var preparation : preparations) {
            preparation.place();
        }
        memory = placed;
    }

    private void place(int i, Primitive step, Memory placed) {
        primitives[i] =
                handles.keep(DnnlFunction.PRIMITIVE_CREATE.create(step.description()), DnnlFunction.PRIMITIVE_DESTROY);
        counts[i] = step.arguments().size();
        times[i] = step.times();
        var array = placed.allocate((long) times[i] * counts[i] * DnnlSession.ARGUMENT_BYTES);
        arguments[i] = array.address();
        for (int j = 0; j < counts[i] * times[i]; j++) {
            var argument = step.arguments().get(j % counts[i]);
            long from = argument.offset() + j / counts[i] * argument.stride();
            var part = argument.tensor().segment().asSlice(from);
            DnnlSession.argument(array, j, argument.number(), session.memory(handles, argument.descriptor(), part));
        }
    }

    @Override
    public void run() {
        var placed = memory;
        if (placed == null) {
            throw new IllegalStateException(name() + " has no memory: its program is not committed");
        }
        placed.requireOpen();
        for (int i = 0; i < preparations.length; i++) {
            preparations[i].run();
        }
        long version = weightsVersion.getAsLong();
        boolean known = version >= 0 && version == seen;
        seen = version;
        for (int i = 0; i < primitives.length; i++) {
            if (known && ofWeights[i]) {
                continue;
            }
            var loop = loops[i];
            if (loop != null) {
                loop.run();
                continue;
            }
            execute(i);
        }
        // The native code has used addresses only: nothing else keeps the memory while it runs.
        Reference.reachabilityFence(placed);
        Reference.reachabilityFence(this);
    }

    private void execute(int i) {
        long each = (long) counts[i] * DnnlSession.ARGUMENT_BYTES;
        for (int time = 0; time < times[i]; time++) {
            int status = team.execute(primitives[i], session.stream(), counts[i], arguments[i] + time * each);
            if (status != 0) {
                throw DnnlFunction.failure(name(), status);
            }
        }
    }

    @Override
    public void close() {
        cleanable.clean();
    }
}
