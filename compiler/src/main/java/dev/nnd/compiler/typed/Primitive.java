package dev.nnd.compiler.typed;

import java.util.Locale;

/** The functions that the language has built in; all else in the library is .nnd source over these. */
public enum Primitive {
    // Elementwise: one operand.
    NEGATE,
    ABS,
    SIGN,
    SQUARE,
    SQRT,
    RSQRT,
    RECIPROCAL,
    EXP,
    EXPM1,
    LOG,
    LOG1P,
    SIN,
    COS,
    TANH,
    SIGMOID,
    RELU,
    ERF,
    SOFTPLUS,
    FLOOR,
    CEIL,
    ROUND,
    NOT,
    // Elementwise: two operands, with broadcasting.
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    POWER,
    MINIMUM,
    MAXIMUM,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    AND,
    OR,
    /** (condition, a, b). */
    SELECT,
    /** Attribute: the dtype as text. */
    CAST,
    ASIN,
    ACOS,
    ATAN,
    /** floor(a / b). */
    FLOOR_DIVIDE,
    /** a - b * floor(a / b): the sign is that of b. */
    REMAINDER,
    /** The value itself; no gradient flows back through it. */
    STOP_GRADIENT,
    /** No operand; attribute: an int over dim variables. A scalar of that value. */
    SIZE,
    /** No operand; attributes: start and step as ints. The i32 numbers start, start + step, ..., as many as the type says. */
    RANGE,
    /** No operand; each use draws anew: mean 0 and standard deviation 1. */
    RANDOM_NORMAL,
    /** No operand; each use draws anew: from 0 inclusive to 1 exclusive. */
    RANDOM_UNIFORM,
    /** Any number of operands; attribute: the axis. */
    CONCAT,
    /** Attribute: the dims. As NumPy's broadcast_to: dims of 1 are stretched, missing ones are put in front. */
    BROADCAST,
    /** Attributes: entries before and behind as lists with one int for every axis, the mode as text (constant, reflect, replicate), the value as a float. */
    PAD,
    /** Attribute: the axes as a list. */
    FLIP,
    /** Attributes: the shift as an int, the axis. What leaves at the end comes in at the start. */
    ROLL,
    /** (x, index); attribute: the axis, which the dims of the index replace. */
    TAKE,
    /** (x, index); attribute: the axis. As PyTorch's gather. */
    GATHER,
    /** (x, index, source); attribute: the axis. x with entries put in at the indices; of equal indices the last one counts. */
    SCATTER,
    /** (x, index, source); attribute: the axis. x with entries added at the indices. */
    SCATTER_ADD,
    /** The same with entries multiplied, or replaced where the source is larger, or smaller. */
    SCATTER_MULTIPLY,
    SCATTER_MAX,
    SCATTER_MIN,
    /** Attribute: the axis. */
    CUMSUM,
    CUMPROD,
    CUMMAX,
    CUMMIN,
    /** Attributes: the axis, descending as a bool; equal entries keep their order. */
    SORT,
    ARGSORT,
    /** Attributes: k, the axis. The k largest, the largest first; of equal ones the first. */
    TOP_K,
    ARG_TOP_K,
    /**
     * The four mark a recurrence; those of one have one number. Between them stands the call of the cell, which runs once
     * for each entry of the axis. (x); attributes: the number, the axis, reverse as a bool. The entry of the running step.
     */
    SCAN_STEP,
    /** (start); attributes: the number, which state from 0. The state before the running step. */
    SCAN_STATE,
    /** (y, all next states); attributes as SCAN_STEP. The values y of all steps along the axis. */
    SCAN_COLLECT,
    /** As SCAN_COLLECT; a further attribute: which state from 0. That state after the last step. */
    SCAN_LAST,
    /** Attributes: axes as a list (empty means all), keep_dims as a bool. */
    PRODUCT,
    ANY,
    ALL,
    /** (x [..., H, W]); attributes: the mode as text (nearest, bilinear), align_corners as a bool. */
    RESIZE,
    /** Attribute: the target dims as a list of ints; the type has them too. */
    RESHAPE,
    /** Keeps the first axis and joins the rest. */
    FLATTEN,
    /** Swaps the last two axes, or permutes by the attribute, a list of ints. */
    TRANSPOSE,
    /** Attributes: axes as a list (empty means all), keep_dims as a bool. */
    SUM,
    MEAN,
    MAX,
    MIN,
    MATMUL,
    /** (x, w); attributes: stride, padding, dilation as lists of one, two or three ints, groups as an int. */
    CONV1D,
    CONV2D,
    CONV3D,
    /** (x, w [in, out / groups, ...]); attributes: as for a convolution, then the output padding as a list. */
    CONV_TRANSPOSE1D,
    CONV_TRANSPOSE2D,
    CONV_TRANSPOSE3D,
    /** (x); attributes: kernel, stride, padding as lists; then, unless they are 1 and false, dilation and ceil_mode. */
    MAX_POOL1D,
    MAX_POOL2D,
    MAX_POOL3D,
    /** (x); attributes: kernel, stride, padding as lists, ceil_mode and count_include_pad as bools. */
    AVG_POOL1D,
    AVG_POOL2D,
    AVG_POOL3D,
    /** (x [N, C, ...]); attribute: the sizes of the output as a list. */
    ADAPTIVE_AVG_POOL,
    ADAPTIVE_MAX_POOL,
    /**
     * (x [N, C, ...], running mean [C], running variance [C], and perhaps weight [C], bias [C]); attributes: momentum,
     * eps. In training by the batch's statistics, which also move the running ones; in use by the running ones.
     */
    BATCH_NORM,
    /** (x); attribute: the share that is dropped. In use it is x. */
    DROPOUT,
    /** (x [N, C, ...]); attribute: the share of channels that is dropped. */
    CHANNEL_DROPOUT,
    /** (index [...], weight [rows, D]); attribute: the padding index, or -1. Gives [..., D]. */
    EMBEDDING,
    /**
     * (q [N, heads, Tq, d], k [N, kv heads, Tk, d], v [N, kv heads, Tk, dv], and perhaps the mask, the bias); attributes:
     * has a mask, has a bias, causal as bools, dropout, scale as floats.
     */
    ATTENTION,
    /** (x [..., T, d], and perhaps positions [T]); attributes: base as a float, interleaved as a bool. */
    ROTARY,
    /**
     * (x [N, T, F], weight_ih, weight_hh, and perhaps bias_ih, bias_hh, then the states before the first step);
     * attributes: which result as text ({@code states} [N, T, H], {@code hidden} [N, H] or {@code cell} [N, H]), has biases,
     * has first states as bools; for RNN also the activation as text.
     */
    LSTM,
    GRU,
    RNN,
    SOFTMAX,
    LOG_SOFTMAX,
    /** (x [..., C], index [...]). */
    PICK,
    /** Attribute: the depth. */
    ONE_HOT,
    ARGMAX,
    /** Attributes: starts and steps, each a list of ints with one for every axis; the type has the sizes. */
    SLICE,
    /** (prediction, target, ...); attribute: the metric's name. What a metric gathers over batches, as f32. */
    STREAMING_METRIC;

    /** The name in the language: {@code max_pool2d}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
