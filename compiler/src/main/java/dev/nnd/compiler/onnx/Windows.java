package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The window of a convolution or a pool as a node gives it, with its padding worked out. */
record Windows(List<Long> kernel, List<Long> stride, List<Long> dilation, List<Long> before, List<Long> behind) {

    static List<Long> all(long value, int count) {
        return Collections.nCopies(count, value);
    }

    static Windows of(NodeCall c, List<Long> kernel, List<Dim> spatial) {
        int axes = kernel.size();
        List<Long> stride = c.integers("strides").orElseGet(() -> all(1, axes));
        List<Long> dilation = c.integers("dilations").orElseGet(() -> all(1, axes));
        List<Long> pads = c.integers("pads").orElseGet(() -> all(0, 2 * axes));
        String auto = c.word("auto_pad", "NOTSET");
        if (stride.size() != axes || dilation.size() != axes || pads.size() != 2 * axes || spatial.size() != axes) {
            throw new OnnxProblem(
                    "its kernel has " + axes + " axes, and strides, dilations, pads or input have others");
        }
        if (auto.equals("VALID")) {
            pads = all(0, 2 * axes);
        } else if (auto.startsWith("SAME")) {
            pads = same(kernel, stride, dilation, spatial, auto.equals("SAME_LOWER"));
        }
        return new Windows(kernel, stride, dilation, pads.subList(0, axes), pads.subList(axes, 2 * axes));
    }

    private static List<Long> same(
            List<Long> kernel, List<Long> stride, List<Long> dilation, List<Dim> spatial, boolean lower) {
        var before = new ArrayList<Long>();
        var behind = new ArrayList<Long>();
        for (int i = 0; i < kernel.size(); i++) {
            long extent = (kernel.get(i) - 1) * dilation.get(i) + 1;
            long total;
            if (stride.get(i) == 1) {
                total = extent - 1;
            } else {
                long size = GraphWalk.constants(List.of(spatial.get(i))).getFirst();
                long out = Math.ceilDiv(size, stride.get(i));
                total = Math.max(0, (out - 1) * stride.get(i) + extent - size);
            }
            before.add(lower ? total - total / 2 : total / 2);
            behind.add(lower ? total / 2 : total - total / 2);
        }
        before.addAll(behind);
        return before;
    }

    boolean symmetric() {
        return before.equals(behind);
    }

    boolean unpadded() {
        return before.stream().allMatch(p -> p == 0) && behind.stream().allMatch(p -> p == 0);
    }

    long extent(int axis) {
        return (kernel.get(axis) - 1) * dilation.get(axis) + 1;
    }

    Windows without() {
        List<Long> none = all(0, kernel.size());
        return new Windows(kernel, stride, dilation, none, none);
    }

    /** The arguments of a layer or function, without those that have their default. */
    String options() {
        var text = new StringBuilder();
        if (stride.stream().anyMatch(s -> s != 1)) {
            text.append(", stride: ").append(NodeCall.each(stride));
        }
        if (before.stream().anyMatch(p -> p != 0)) {
            text.append(", padding: ").append(NodeCall.each(before));
        }
        if (dilation.stream().anyMatch(d -> d != 1)) {
            text.append(", dilation: ").append(NodeCall.each(dilation));
        }
        return text.toString();
    }
}
