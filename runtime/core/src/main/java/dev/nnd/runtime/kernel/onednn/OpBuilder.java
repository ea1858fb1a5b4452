package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.OpSite;
import dev.nnd.runtime.kernel.Precision;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Assembles one op: asks oneDNN for implementations, puts reorders around the chosen one where its layouts are not those
 * of the operands, and finds memory for what lives inside the op only.
 */
final class OpBuilder {

    static final int SOURCE = 1;
    static final int DESTINATION = 17;
    static final int WEIGHTS = 33;
    static final int BIAS = 41;
    static final int WORKSPACE = 64;
    static final int DIFF_SOURCE = 129;
    static final int DIFF_DESTINATION = 145;
    static final int DIFF_WEIGHTS = 161;
    static final int DIFF_BIAS = 169;

    static final int FORWARD_TRAINING = 64;
    static final int FORWARD_INFERENCE = 96;

    private static final int SCRATCHPAD = 80;
    private static final int AFTERWARDS = 32768;
    static final int OTHER_OPERAND = 2;
    private static final int QUERY_ARGUMENT = 255;
    private static final int THINNEST = 16;
    /** Fewer weights are multiplied by one row in f32 before the row is rounded. */
    private static final long FEWEST_READ = 128L << 10;

    private final String name;
    private final OpSite site;
    private final DnnlSession session;
    private final int threads;
    private final Set<Tensor> cleared;
    private final DnnlHandles handles = new DnnlHandles();
    private final Descriptors descriptors = new Descriptors(handles);
    private final List<Tensor> outputs = new ArrayList<>();
    private final List<DnnlOp.Step> steps = new ArrayList<>();
    private final List<Preparation> preparations = new ArrayList<>();
    private final List<Runnable> roundings = new ArrayList<>();
    private int scratches;

    /**
     * For an op of the program at a site.
     *
     * @param threads how many share the op
     * @param cleared the tensors of the program whose padding is known to be zero
     */
    OpBuilder(String name, OpSite site, DnnlSession session, int threads, Set<Tensor> cleared) {
        this.name = name;
        this.site = site;
        this.session = session;
        this.threads = threads;
        this.cleared = cleared;
        DnnlSession.enter(threads);
    }

    Descriptors descriptors() {
        return descriptors;
    }

    long engine() {
        return session.engine();
    }

    /**
     * In which numbers a product with sums of {@code length} terms is computed. Rounding both operands first must cost less
     * than it saves, which it does not for the thinnest products.
     */
    ElementType operands(long length) {
        boolean narrow = session.precision() == Precision.BF16 && length >= THINNEST;
        return narrow ? ElementType.BF16 : ElementType.F32;
    }

    /**
     * Whether a product is in bfloat16 though others are not: one row that is multiplied by weights that nobody trains, so that a
     * copy of them in half the bytes holds, and by so many that reading them is what takes the time.
     *
     * @param length the smaller one of terms and sums
     */
    boolean narrowsRow(long rows, long length, Tensor weights) {
        return session.narrowRows()
                && rows == 1
                && length >= THINNEST
                && weights.elements() >= FEWEST_READ
                && predicts(weights);
    }

    /** Whether products of weights with sums of at least {@code length} terms are to be computed in eight bits. */
    boolean quantizes(long length) {
        return session.precision() == Precision.INT8 && length >= THINNEST;
    }

    /** Once the op is built, later ops may read what it makes of a tensor at each run. */
    void shares(Tensor tensor, Object form, Tensor copy) {
        roundings.add(() -> site.madeCopy(tensor, form, copy));
    }

    /** Takes over a description if it is one of machine code made for the shape; else 0. */
    long fast(long description) {
        return keep(description) != 0 && Implementation.slowness(description) == 0 ? description : 0;
    }

    /** A native descriptor for as long as the op lives. */
    long descriptor(PackedForm form) {
        return form.descriptor(handles);
    }

    /** Whether the program only reads its weights, so that what is made of them holds until they change. */
    boolean inference() {
        return site.weightsVersion() >= 0;
    }

    /** Attributes: scratch memory from us, arithmetic in full precision, relu on the result if wanted. */
    long attributes(boolean relu) {
        return attributes(0, 0, 0, relu);
    }

    /**
     * The same with a product and a sum before, and another sum, whose other operands have these descriptors; 0 where there is
     * none.
     */
    long attributes(long scale, long shift, long added, boolean relu) {
        return Attributes.of(handles, scale, shift, added, relu);
    }

    /** The same with all that is done to the result. */
    long attributes(List<Attributes.Next> all, boolean relu) {
        return Attributes.of(handles, all, relu);
    }

    /** The argument number of the other operand of what is done to the result. */
    static int afterwards(int position) {
        return AFTERWARDS * (position + 1) | OTHER_OPERAND;
    }

    /** Takes over a primitive description; 0 stays 0. */
    long keep(long description) {
        return description == 0 ? 0 : handles.keep(description, DnnlFunction.PRIMITIVE_DESC_DESTROY);
    }

    /** The first description without a slow implementation, else the best there is. A candidate is 0 if it can't be had. */
    long best(LongSupplier... candidates) {
        long best = 0;
        int bestRank = Integer.MAX_VALUE;
        for (var candidate : candidates) {
            long description = candidate.getAsLong();
            int rank = description == 0 ? Integer.MAX_VALUE : Implementation.slowness(description);
            if (rank < bestRank) {
                best = description;
                bestRank = rank;
            }
            if (bestRank == 0) {
                break;
            }
        }
        if (best == 0) {
            throw new IllegalStateException("oneDNN has no implementation of " + name);
        }
        return best;
    }

    /** The descriptor of an argument of a description; it lives as long as the description. */
    static long argument(long description, int number) {
        return DnnlQuery.argument(description, QUERY_ARGUMENT, number);
    }

    /** An output in the layout that the description gives to an argument. */
    Tensor output(long description, int number, String suffix, ElementType type, long... dims) {
        var layout = DnnlLayout.of(argument(description, number));
        return own(site.output(name + suffix, type, layout, dims));
    }

    /** An output of floats in the order of a descriptor. */
    Tensor output(long descriptor) {
        return own(site.output(name, ElementType.F32, DnnlLayout.of(descriptor), Descriptors.dims(descriptor)));
    }

    /** An output with the dims and the layout of another tensor. */
    Tensor outputLike(Tensor like) {
        return own(site.outputLike(name, like));
    }

    /** An output in row-major order. */
    Tensor plainOutput(long... dims) {
        long elements = Arrays.stream(dims).reduce(1, Math::multiplyExact);
        return own(site.output(name, ElementType.F32, Layout.rowMajor(elements), dims));
    }

    /** Whether two tensors of the same dims have the same order. */
    boolean sameLayout(Tensor one, Tensor other) {
        if (described(one) != described(other) || !described(one)) {
            return one.layout().equals(other.layout());
        }
        return Descriptors.same(descriptors.of(one), descriptors.of(other));
    }

    private static boolean described(Tensor tensor) {
        return tensor.plain() || tensor.layout() instanceof NativeLayout;
    }

    /** Copies a tensor into one with another layout, whatever dims the layouts have for the same elements. */
    void reorderTo(Tensor from, Tensor to) {
        if (to.plain()) {
            toPlain(from, to);
        } else if (from.plain()) {
            fromPlain(from, to);
        } else if (from.layout() instanceof DnnlLayout one
                && to.layout() instanceof DnnlLayout other
                && Arrays.equals(one.dims(), other.dims())) {
            reorder(descriptors.of(from), from, descriptors.of(to), to);
        } else {
            fromPlain(plainCopy(from), to);
        }
    }

    /** An output that is another tensor itself. */
    Tensor sameOutput(Tensor tensor) {
        outputs.add(tensor);
        return tensor;
    }

    private Tensor own(Tensor tensor) {
        cleared.add(tensor);
        outputs.add(tensor);
        return tensor;
    }

    /** Memory for an argument inside the op; kept from run to run, or for the run only. */
    private Tensor scratch(long descriptor, boolean kept) {
        var layout = DnnlLayout.of(descriptor);
        String label = name + "Scratch" + scratches++;
        var type = Descriptors.type(descriptor);
        long[] dims = Descriptors.dims(descriptor);
        return kept ? site.kept(label, type, layout, dims) : site.scratch(label, type, layout, dims);
    }

    /** An input as an argument: the tensor itself if its order is the wanted one, else a reordered copy of it. */
    DnnlOp.Argument input(long description, int number, Tensor tensor, long descriptor) {
        return input(number, argument(description, number), tensor, descriptor);
    }

    /** An input as an argument in a wanted order. */
    DnnlOp.Argument input(int number, long wanted, Tensor tensor, long descriptor) {
        clearPadding(tensor);
        if (Descriptors.same(wanted, descriptor)) {
            return new DnnlOp.Argument(number, wanted, tensor);
        }
        if (holds(tensor)) {
            return new DnnlOp.Argument(number, wanted, held(tensor, descriptor, wanted));
        }
        return new DnnlOp.Argument(number, wanted, copy(tensor, descriptor, wanted));
    }

    /**
     * Weights that hold, in a wanted order: themselves, or a copy that is made again when they have changed; in inference once,
     * in a scan once a run.
     */
    Tensor held(Tensor weights, long descriptor, long wanted) {
        if (Descriptors.same(wanted, descriptor)) {
            return weights;
        }
        var copy = scratch(wanted, true);
        reorder(descriptor, weights, wanted, copy, true);
        return copy;
    }

    /** Memory for a result inside the op. */
    Tensor scratchOf(long descriptor) {
        return scratch(descriptor, false);
    }

    /** Memory inside the op that keeps what it holds from run to run. */
    Tensor keptOf(long descriptor) {
        return scratch(descriptor, true);
    }

    /** A copy of what is no weight that holds. One in other numbers is made once for all ops that read it. */
    private Tensor copy(Tensor tensor, long descriptor, long wanted) {
        var type = Descriptors.type(wanted);
        if (type == Descriptors.type(descriptor)) {
            var copy = scratch(wanted, false);
            reorder(descriptor, tensor, wanted, copy);
            return copy;
        }
        boolean ordered = tensor.plain() && Descriptors.order(descriptor).equals(Descriptors.order(wanted));
        long from = ordered ? descriptors.plain(tensor.type(), tensor.elements()) : descriptor;
        long to = ordered ? descriptors.plain(type, tensor.elements()) : wanted;
        var form = ordered ? type : List.of(Descriptors.order(from), type, Descriptors.order(to));
        var earlier = site.earlierCopy(tensor, form);
        if (earlier != null) {
            return earlier;
        }
        var copy = scratch(to, false);
        reorder(from, tensor, to, copy);
        shares(tensor, form, copy);
        return copy;
    }

    /**
     * Weights of which each output's are multiplied by a number, as an argument: a copy that holds until either changes.
     *
     * @param order how outputs lie in the wanted layout, in which the weights are
     */
    DnnlOp.Argument scaled(long description, Tensor weights, Tensor scale, ScaledWeights.Order order) {
        long wanted = argument(description, WEIGHTS);
        var copy = scratch(wanted, true);
        var seen = site.kept(name + "SeenScale", ElementType.F32, scale.layout(), scale.dims());
        preparations.add(new ScaledWeights(weights, scale, copy, seen, site::weightsVersion, order));
        return new DnnlOp.Argument(WEIGHTS, wanted, copy);
    }

    /** A result as an argument: the tensor itself, or memory from which {@link #finish} reorders into the tensor. */
    DnnlOp.Argument result(long description, int number, Tensor tensor, long descriptor) {
        long made = argument(description, number);
        boolean direct = Descriptors.same(made, descriptor);
        return new DnnlOp.Argument(number, made, direct ? tensor : scratch(made, false));
    }

    /** Reorders a result into its tensor if it is not there. */
    void finish(DnnlOp.Argument result, Tensor tensor, long descriptor) {
        if (!Descriptors.same(result.descriptor(), descriptor)) {
            reorder(result.descriptor(), result.tensor(), descriptor, tensor);
        }
    }

    /** Whether a tensor is a weight whose value outlasts a run of the op, so that a copy in a better layout pays. */
    boolean holds(Tensor tensor) {
        return site.isWeight(tensor) && site.versions().getAsLong() >= 0;
    }

    /** Whether weights may be rounded where they lie: nobody trains them. */
    boolean predicts(Tensor weights) {
        return site.predicts(weights);
    }

    OpSite site() {
        return site;
    }

    DnnlSession session() {
        return session;
    }

    /** Those who share this op. */
    OpenMpTeam team() {
        return OpenMpTeam.of(threads);
    }

    /** Adds a copy between two layouts. */
    void reorder(long fromDescriptor, Tensor from, long toDescriptor, Tensor to) {
        reorder(fromDescriptor, from, toDescriptor, to, false);
    }

    private void reorder(long fromDescriptor, Tensor from, long toDescriptor, Tensor to, boolean ofWeights) {
        clearPadding(from);
        long description =
                keep(DnnlFunction.REORDER.create(fromDescriptor, engine(), toDescriptor, engine(), attributes(false)));
        step(
                description,
                ofWeights,
                1,
                new DnnlOp.Argument(SOURCE, fromDescriptor, from),
                new DnnlOp.Argument(DESTINATION, toDescriptor, to));
    }

    /** Adds a primitive; null arguments are left out, scratch memory is added. */
    void step(long description, DnnlOp.@Nullable Argument... arguments) {
        step(description, false, 1, arguments);
    }

    /** Adds a primitive that runs so many times, with parts of its tensors. */
    void repeated(long description, long times, DnnlOp.@Nullable Argument... arguments) {
        step(description, false, Math.toIntExact(times), arguments);
    }

    private void step(long description, boolean ofWeights, int times, DnnlOp.@Nullable Argument... arguments) {
        var all = new ArrayList<DnnlOp.Argument>();
        for (var argument : arguments) {
            if (argument != null) {
                all.add(argument);
            }
        }
        long scratchpad = argument(description, SCRATCHPAD);
        long bytes = scratchpad == 0 ? 0 : Descriptors.bytes(scratchpad);
        if (bytes > 0) {
            all.add(new DnnlOp.Argument(SCRATCHPAD, scratchpad, site.scratchBytes(name + "Scratchpad", bytes)));
        }
        steps.add(new DnnlOp.Primitive(description, ofWeights, times, all));
    }

    /** Adds a loop in Java. */
    void loop(Supplier<Runnable> placed) {
        steps.add(new DnnlOp.Loop(placed));
    }

    /** A tensor that a generated kernel wrote may have anything in its padding; the first op that reads it clears it. */
    void clearPadding(Tensor tensor) {
        if (tensor.layout() instanceof DnnlLayout layout
                && layout.padded()
                && site.writtenByKernels(tensor)
                && cleared.add(tensor)) {
            preparations.add(new PaddingClear(tensor, Descriptors.blocking(layout.descriptor(handles))));
        }
    }

    /** Memory inside the op for a tensor's elements in row-major order. */
    Tensor plainScratch(Tensor tensor) {
        return site.scratch(name + "Plain", ElementType.F32, Layout.rowMajor(tensor.elements()), tensor.dims());
    }

    /** Memory inside the op for a matrix. */
    Tensor rowsScratch(long rows, long columns) {
        var layout = Layout.rowMajor(Math.multiplyExact(rows, columns));
        return site.scratch(name + "Rows", ElementType.F32, layout, rows, columns);
    }

    /** A copy of a tensor in row-major order, inside the op. */
    Tensor plainCopy(Tensor tensor) {
        var copy = plainScratch(tensor);
        toPlain(tensor, copy);
        return copy;
    }

    private void toPlain(Tensor tensor, Tensor plain) {
        if (ByteProduct.home(tensor) != null || tensor.layout() instanceof ByteFilters) {
            loop(() -> () -> tensor.layout().toRowMajor(tensor.segment(), plain.segment()));
            return;
        }
        if (tensor.layout() instanceof RowsLayout rows) {
            var matrix = rowsScratch(rows.rows(), rows.order().stored());
            reorder(packed(rows), tensor, rows.order().matrix(descriptors, rows.rows()), matrix);
            reorder(
                    rows.order().descriptor(descriptors, rows.rows()),
                    matrix,
                    rows.order().plainDescriptor(descriptors, rows.rows()),
                    plain);
            return;
        }
        long from = descriptors.of(tensor);
        reorder(from, tensor, descriptors.plain(tensor.type(), Descriptors.dims(from)), plain);
    }

    /** Reorders row-major elements into a tensor. */
    void fromPlain(Tensor plain, Tensor tensor) {
        if (tensor.layout() instanceof RowsLayout rows) {
            var matrix = rowsScratch(rows.rows(), rows.order().stored());
            reorder(
                    rows.order().plainDescriptor(descriptors, rows.rows()),
                    plain,
                    rows.order().descriptor(descriptors, rows.rows()),
                    matrix);
            reorder(rows.order().matrix(descriptors, rows.rows()), matrix, packed(rows), tensor);
            return;
        }
        long to = descriptors.of(tensor);
        reorder(descriptors.plain(tensor.type(), Descriptors.dims(to)), plain, to, tensor);
    }

    private long packed(RowsLayout rows) {
        return descriptors.of(
                rows.packed(), ElementType.F32, rows.rows(), rows.order().stored());
    }

    /** Frees what was made so far; for an op that can't be built. */
    void discard() {
        handles.close();
    }

    DnnlOp build() {
        roundings.forEach(Runnable::run);
        return new DnnlOp(name, outputs, session, threads, handles, preparations, steps, site.versions());
    }

    /** Proposes the layout of an argument as the home of a weight. */
    static void decide(Tensor weights, long description, int number) {
        weights.decide(DnnlLayout.of(argument(description, number)));
    }
}
