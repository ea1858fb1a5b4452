package dev.nnd.runtime.program;

import dev.nnd.runtime.kernel.BoundOp;
import dev.nnd.runtime.kernel.Kernels;
import dev.nnd.runtime.kernel.MatmulAxes;
import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Pooling;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.kernel.SharedCall;
import dev.nnd.runtime.kernel.Window;
import dev.nnd.runtime.kernel.Workers;
import dev.nnd.runtime.memory.ArenaLayout;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Memory;
import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds one program. Calls are traced as ticks in the order of execution; a tensor lives from the tick of its making
 * to the tick at which it is released. {@link #commit()} then plans one block of memory and places everything in it.
 * For one thread.
 */
public final class Binding {

    private static final System.Logger LOGGER = System.getLogger(Binding.class.getName());

    /** Not released yet. */
    private static final long OPEN = -1;

    private final String owner;
    private final ParameterSet parameters;
    private final @Nullable Caches caches;
    private final Kernels kernels;
    private final SharedCall shared;
    private final Workers workers;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<Tensor, Slot> slotOf = new IdentityHashMap<>();
    private final Set<Tensor> writtenByKernels = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Views views = new Views();
    private final Copies copies = new Copies();
    private final List<BoundOp> ops = new ArrayList<>();
    /** The outermost scan whose block is being bound; null outside of one. */
    private @Nullable ScanParts scan;

    /** What the parts of a scan have made so far, which run at the same time; null outside of them. */
    private @Nullable List<Slot> together;

    private long togetherSince;
    private long tick;
    private boolean committed;

    /** Starts a program; {@code owner} names it in messages. */
    public Binding(String owner, Provider provider, ParameterSet parameters) {
        this(owner, provider, parameters, null);
    }

    /** Starts a program that keeps something from run to run, in memory that it may share with others. */
    public Binding(String owner, Provider provider, ParameterSet parameters, @Nullable Caches caches) {
        this.owner = owner;
        this.parameters = parameters;
        this.caches = caches;
        this.kernels = provider.kernels(new Site());
        this.shared = provider.sharedCall();
        this.workers = provider.workers();
    }

    /** The name of the program in messages. */
    String owner() {
        return owner;
    }

    /** Has threads share the generated kernels of the program; in the parts of a scan each part runs in one thread. */
    public SharedCall shared() {
        return together == null ? shared : new SharedCall(Workers.of(1));
    }

    /** A scan whose rows need one another. What follows, up to {@link #bound}, binds its only part. */
    public ScanParts scan(int steps, boolean reverse) {
        return scan(steps, reverse, 1, 0);
    }

    /**
     * A scan that threads may share: what it does to a row has nothing to do with the others. What follows, up to
     * {@link #bound}, binds its parts, one after the other.
     *
     * @param rows how many rows its states and entries have, on their first axis
     * @param flops arithmetic of a step
     */
    public ScanParts scan(int steps, boolean reverse, int rows, double flops) {
        int parts = together == null ? ScanParts.parts(workers.threads(), rows, steps, flops) : 1;
        if (parts > 1) {
            together = new ArrayList<>();
            togetherSince = tick;
        }
        var made = new ScanParts(parts > 1 ? workers : Workers.of(1), parts, rows, steps, reverse);
        scan = scan == null ? made : scan;
        return made;
    }

    /** All parts of a scan are bound. They run at the same time, so what they make is alive as long as any of them. */
    public void bound(ScanParts parts) {
        scan = scan == parts ? null : scan;
        if (parts.count() == 1 || together == null) {
            return;
        }
        for (var slot : together) {
            slot.from = Math.min(slot.from, togetherSince);
            slot.to = slot.to == OPEN ? OPEN : Math.max(slot.to, tick);
        }
        together = null;
    }

    /** A row-major tensor that lives as long as the program: inputs, outputs, losses. */
    public Tensor port(String name, ElementType type, long... dims) {
        tick++;
        return track(Tensor.rowMajor(name, type, dims), 0, Long.MAX_VALUE);
    }

    /** A row-major tensor that is kept from run to run, and that this program does not own. */
    public Tensor cache(String name, ElementType type, long... dims) {
        if (caches == null) {
            throw new IllegalStateException(owner + " has no caches");
        }
        return caches.tensor(name, type, dims);
    }

    /** A row-major tensor, alive from now. */
    public Tensor value(String name, ElementType type, long... dims) {
        tick++;
        return track(Tensor.rowMajor(name, type, dims), tick, OPEN);
    }

    /** A tensor with the dims, type and layout of another one, alive from now. */
    public Tensor valueLike(String name, Tensor like) {
        tick++;
        var tensor = track(Tensor.like(name, like), tick, OPEN);
        writtenByKernels.add(tensor);
        return tensor;
    }

    /** Dims without memory, whose layout the first op that makes something like it decides. */
    public Tensor shape(String name, ElementType type, long... dims) {
        return Tensor.undecided(name, type, dims);
    }

    /** The memory of a row-major tensor under other dims; it lives as long as that one. */
    public Tensor view(String name, Tensor of, long... dims) {
        var view = views.add(name, of, dims);
        copies.view(view, of);
        return view;
    }

    /** A parameter in its home layout, which the first op that reads it may decide. */
    public Tensor parameter(Parameter parameter) {
        return parameter.value();
    }

    /** The gradient of a parameter, in the parameter's layout. */
    public Tensor gradient(Parameter parameter) {
        if (!parameters.gradientsEnabled()) {
            throw new IllegalStateException("enable gradients before " + owner + " asks for that of " + parameter);
        }
        return parameter.gradient();
    }

    /** These are dead once the last op so far has run; a view stands for what it is a view of. Ports and parameters stay. */
    public void release(Tensor... dead) {
        for (var tensor : dead) {
            var slot = slotOf.get(views.root(tensor));
            if (slot != null && slot.to != Long.MAX_VALUE) {
                slot.to = Math.max(tick, slot.from);
            }
        }
    }

    /** A kernel leaves new values where ops have met others: what these have kept of the old ones is not true any more. */
    public void rewritten(Tensor... tensors) {
        for (var tensor : tensors) {
            copies.forget(tensor);
        }
    }

    /** A tensor keeps its memory to itself from when another one did: what a loop's step leaves there, the next step finds. */
    public void aliveSince(Tensor tensor, Tensor other) {
        var slot = slotOf.get(tensor);
        var since = slotOf.get(other);
        if (slot != null && since != null) {
            slot.from = Math.min(slot.from, since.from);
        }
    }

    /** y = relu?(x w^T + bias): x [n, f...], w [o, f...] to [n, o]. */
    public BoundOp innerProduct(String name, Tensor x, Tensor w, @Nullable Tensor bias, boolean relu) {
        return op(() -> kernels.innerProduct(name, x, w, bias, relu));
    }

    /** dy [n, o], w to dx like x. */
    public BoundOp innerProductBackwardData(String name, Tensor dy, Tensor w, Tensor likeX) {
        return op(() -> kernels.innerProductBackwardData(name, dy, w, likeX));
    }

    /** dy [n, o], x into dw, db. */
    public BoundOp innerProductBackwardWeights(String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        return op(() -> kernels.innerProductBackwardWeights(name, dy, x, dw, db));
    }

    /** y = relu?(conv(x, w) + bias): x [n, c, h, w], w [o, c / groups, kh, kw]. */
    public BoundOp convolution(
            String name, Tensor x, Tensor w, @Nullable Tensor bias, Window window, int groups, boolean relu) {
        return op(() -> kernels.convolution(name, x, w, bias, null, null, null, window, groups, relu));
    }

    /** y = relu?((conv(x, w) + bias) * scale + shift): scale and shift are numbers for each channel. */
    public BoundOp convolution(
            String name,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            Tensor scale,
            Tensor shift,
            Window window,
            int groups,
            boolean relu) {
        return op(() -> kernels.convolution(name, x, w, bias, scale, shift, null, window, groups, relu));
    }

    /** y = relu?((conv(x, w) + bias) * scale + shift + added): added has the dims of y. */
    public BoundOp convolution(
            String name,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor added,
            Window window,
            int groups,
            boolean relu) {
        return op(() -> kernels.convolution(name, x, w, bias, scale, shift, added, window, groups, relu));
    }

    /** dy, w to dx like x. */
    public BoundOp convolutionBackwardData(String name, Tensor dy, Tensor w, Tensor likeX, Window window, int groups) {
        return op(() -> kernels.convolutionBackwardData(name, dy, w, null, likeX, window, groups));
    }

    /** The same plus a number for each channel. */
    public BoundOp convolutionBackwardData(
            String name, Tensor dy, Tensor w, Tensor bias, Tensor likeX, Window window, int groups) {
        return op(() -> kernels.convolutionBackwardData(name, dy, w, bias, likeX, window, groups));
    }

    /** dy, x into dw, db. */
    public BoundOp convolutionBackwardWeights(
            String name, Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db, Window window, int groups) {
        return op(() -> kernels.convolutionBackwardWeights(name, dy, x, dw, db, window, groups));
    }

    /** One number for each window; output(1) is there with {@code indices} only. */
    public BoundOp pool(String name, Pooling pooling, Tensor x, Window window, boolean indices) {
        return op(() -> kernels.pool(name, pooling, x, window, indices));
    }

    /** dy, and for a maximum the forward op's indices, to dx like x. */
    public BoundOp poolBackward(
            String name, Pooling pooling, Tensor dy, @Nullable Tensor indices, Tensor likeX, Window window) {
        return op(() -> kernels.poolBackward(name, pooling, dy, indices, likeX, window));
    }

    /** x normalized by its own statistics, which are outputs 1 and 2. */
    public BoundOp batchNormTraining(
            String name, Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        return op(() -> kernels.batchNormTraining(name, x, weight, bias, eps));
    }

    /** x normalized by given statistics. */
    public BoundOp batchNorm(
            String name,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            double eps) {
        return op(() -> kernels.batchNorm(name, x, mean, variance, weight, bias, eps));
    }

    /** dy to dx like x, and into dWeight, dBias. */
    public BoundOp batchNormBackward(
            String name,
            Tensor dy,
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor weight,
            @Nullable Tensor dWeight,
            @Nullable Tensor dBias,
            double eps) {
        return op(() -> kernels.batchNormBackward(name, dy, x, mean, variance, weight, dWeight, dBias, eps));
    }

    /** [..., m, k] x [..., k, n] to [..., m, n], row-major. */
    public BoundOp matmul(String name, Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        return matmul(name, a, b, MatmulAxes.of(transposeA, transposeB));
    }

    /** The same with operands and a result whose axes are in other orders. */
    public BoundOp matmul(String name, Tensor a, Tensor b, MatmulAxes axes) {
        return op(() -> kernels.matmul(name, a, b, axes));
    }

    /** To row-major order; the output may be {@code from} itself, then run() does nothing. */
    public BoundOp reorder(String name, Tensor from) {
        return op(() -> kernels.reorder(name, from));
    }

    /** To the layout of {@code like}; the output may be {@code from} itself, then run() does nothing. */
    public BoundOp reorderLike(String name, Tensor from, Tensor like) {
        return op(() -> kernels.reorderLike(name, from, like));
    }

    /**
     * A sequence whose entries are those of another one a step earlier is in the same memory, which has one entry more. It is
     * released no later than that one. In a loop that goes from the end a step earlier is an entry later.
     */
    public void oneEarlier(Tensor earlier, Tensor sequence, boolean reverse) {
        var slot = slotOf.get(sequence);
        var own = slotOf.remove(earlier);
        if (slot == null || own == null || slot.shifted != null || earlier.elements() != sequence.elements()) {
            throw new IllegalArgumentException(earlier + " can't be in the memory of " + sequence);
        }
        slots.remove(own);
        slot.from = Math.min(slot.from, own.from);
        slot.shifted = earlier;
        slot.behind = !reverse;
        views.within(earlier, sequence);
    }

    private BoundOp op(Supplier<BoundOp> make) {
        tick++;
        // An op may decide the layout of a parameter: not while another program's op does.
        synchronized (parameters) {
            var op = make.get();
            ops.add(op);
            return op;
        }
    }

    private Tensor track(Tensor tensor, long from, long to) {
        if (committed) {
            throw new IllegalStateException(owner + " is committed already; " + tensor + " comes too late");
        }
        var slot = new Slot(tensor, from, to);
        slots.add(slot);
        slotOf.put(tensor, slot);
        if (together != null) {
            together.add(slot);
        }
        return tensor;
    }

    /** Bytes that {@link #commit()} will take, without taking them. Fixes the layouts of what was used so far. */
    public long plannedBytes() {
        return plan().bytes();
    }

    private ArenaLayout plan() {
        var plan = new ArenaLayout();
        for (var slot : slots) {
            plan.add(slot.tensor.storedBytes() + slot.more(), slot.from, slot.to == OPEN ? Long.MAX_VALUE : slot.to);
        }
        plan.assign();
        return plan;
    }

    /** Places everything in one block, and the parameters if nobody has yet. Close what it returns with the program. */
    public Memory commit() {
        if (committed) {
            throw new IllegalStateException(owner + " is committed already");
        }
        committed = true;
        parameters.place();
        var plan = plan();
        LOGGER.log(
                System.Logger.Level.DEBUG,
                () -> owner + ": arena of " + plan.bytes() + " bytes, of which at most " + plan.liveBytes()
                        + " are alive at once");
        var memory = Memory.open(owner);
        try {
            var arena = memory.allocate(plan.bytes());
            for (int i = 0; i < slots.size(); i++) {
                var slot = slots.get(i);
                slot.place(arena.asSlice(plan.offset(i), slot.tensor.storedBytes() + slot.more()));
            }
            views.place();
            memory.beforeClose(this::takeBack);
            ops.forEach(op -> op.place(memory));
            return memory;
        } catch (RuntimeException failed) {
            memory.close();
            throw failed;
        }
    }

    private void takeBack() {
        ops.forEach(BoundOp::close);
        slots.forEach(Slot::takeBack);
        views.takeBack();
    }

    /** What a provider sees of this binding. */
    private final class Site implements OpSite {

        @Override
        public Tensor output(String name, ElementType type, Layout layout, long... dims) {
            return track(Tensor.of(name, type, layout, dims), tick, OPEN);
        }

        @Override
        public Tensor outputLike(String name, Tensor like) {
            return track(Tensor.like(name, like), tick, OPEN);
        }

        @Override
        public Tensor scratch(String name, ElementType type, Layout layout, long... dims) {
            return track(Tensor.of(name, type, layout, dims), tick, tick);
        }

        @Override
        public Tensor kept(String name, ElementType type, Layout layout, long... dims) {
            return track(Tensor.of(name, type, layout, dims), 0, Long.MAX_VALUE);
        }

        @Override
        public boolean isWeight(Tensor tensor) {
            return parameters.holds(tensor);
        }

        @Override
        public Tensor copy(Tensor weight, Layout layout) {
            return parameters.copy(weight, layout);
        }

        @Override
        public @Nullable Tensor earlierCopy(Tensor tensor, Object form) {
            var copy = scan == null ? copies.get(tensor, form) : null;
            var slot = copy == null ? null : slotOf.get(copy);
            if (slot != null) {
                slot.to = Math.max(slot.to, tick);
            }
            return slot == null ? null : copy;
        }

        @Override
        public void madeCopy(Tensor tensor, Object form, Tensor copy) {
            if (scan == null) {
                copies.put(tensor, form, copy);
            }
        }

        @Override
        public long weightsVersion() {
            return parameters.version();
        }

        @Override
        public LongSupplier versions() {
            var repeating = scan;
            return repeating == null || parameters.version() >= 0 ? this::weightsVersion : repeating::runs;
        }

        @Override
        public Tensor scratchBytes(String name, long bytes) {
            return track(Tensor.rowMajor(name, ElementType.U8, bytes), tick, tick);
        }

        @Override
        public boolean inOneThread() {
            return together != null;
        }

        @Override
        public boolean writtenByKernels(Tensor tensor) {
            return writtenByKernels.contains(tensor);
        }
    }
}
