package dev.nnd.runtime.kernel.onednn;

import java.util.ArrayList;
import java.util.List;

/** What oneDNN calls attributes: how a primitive computes, and what it does to its sums before it writes them. */
final class Attributes {

    static final int ADD = 0x1fff0;
    static final int MULTIPLY = 0x1fff1;
    private static final int RELU = 0x20;
    private static final int SCRATCHPAD_BY_USER = 1;
    private static final int FPMATH_STRICT = 0;

    private Attributes() {}

    /**
     * Scratch memory from us, arithmetic in full precision, and relu?(result * scale + shift + added).
     *
     * @param scale descriptor of what results are multiplied by; 0 where there is none, and no shift
     * @param shift descriptor of what is added to that
     * @param added descriptor of what is added then; 0 where there is none
     */
    static long of(DnnlHandles handles, long scale, long shift, long added, boolean relu) {
        var all = new ArrayList<Next>();
        if (scale != 0) {
            all.add(new Next(MULTIPLY, scale));
            all.add(new Next(ADD, shift));
        }
        if (added != 0) {
            all.add(new Next(ADD, added));
        }
        return of(handles, all, relu);
    }

    /** Something done to each number of a result: {@link #ADD} or {@link #MULTIPLY} with one of a tensor of that descriptor. */
    record Next(int kind, long operand) {}

    /** Scratch memory from us, arithmetic in full precision, and relu?(result with all of it done, one after the other). */
    static long of(DnnlHandles handles, List<Next> all, boolean relu) {
        long attributes = handles.keep(DnnlFunction.ATTRIBUTES_CREATE.create(), DnnlFunction.ATTRIBUTES_DESTROY);
        DnnlFunction.SET_SCRATCHPAD_MODE.call(attributes, SCRATCHPAD_BY_USER);
        DnnlFunction.SET_FPMATH_MODE.call(attributes, FPMATH_STRICT);
        if (relu || !all.isEmpty()) {
            long postOps = handles.keep(DnnlFunction.POST_OPS_CREATE.create(), DnnlFunction.POST_OPS_DESTROY);
            for (var next : all) {
                DnnlFunction.APPEND_BINARY.call(postOps, next.kind(), next.operand());
            }
            if (relu) {
                DnnlFunction.APPEND_ELTWISE.call(postOps, RELU, 0f, 0f);
            }
            DnnlFunction.SET_POST_OPS.call(attributes, postOps);
        }
        return attributes;
    }
}
