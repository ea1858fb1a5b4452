package dev.nnd.compiler.onnx.export;

import static dev.nnd.compiler.onnx.export.ExportNodes.integer;
import static dev.nnd.compiler.onnx.export.ExportNodes.word;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The nodes of ONNX for ops that make, move and find elements. */
final class ExportMoves {

    private final ExportNodes to;

    ExportMoves(ExportNodes to) {
        this.to = to;
    }

    String add(Op.Indexing op, Node node, String name, List<String> in) {
        return switch (op) {
            case Op.Iota i -> iota(i, name);
            case Op.Slice s -> slice(s, name, in.getFirst());
            case Op.Pad p -> pad(p, node, name, in.getFirst());
            case Op.Concat c -> to.node("Concat", name, List.of(integer("axis", c.axis())), in.toArray(String[]::new));
            case Op.Gather g ->
                to.node(
                        g.each() ? "GatherElements" : "Gather",
                        name,
                        List.of(integer("axis", g.axis())),
                        in.get(0),
                        in.get(1));
            case Op.Scatter s -> scatter(s, node, name, in);
            case Op.Cumulate c -> cumulate(c, node, name, in.getFirst());
            case Op.Recurrence _ -> throw unsupported(node, "a recurrence");
            case Op.Sort _ -> throw new IllegalStateException("has two results");
            case Op.Random _ -> throw unsupported(node, "drawing random numbers by seed and step");
        };
    }

    private static OnnxExport.Unsupported unsupported(Node node, String what) {
        return new OnnxExport.Unsupported(
                what + " has no form in ONNX: " + node.origin().text());
    }

    private String iota(Op.Iota iota, String name) {
        Dim size = iota.dims().get(iota.axis());
        String end = to.step("Squeeze", to.size(size), to.list(List.of(0L)));
        String range = to.step("Range", to.scalar(0, DType.I64), end, to.scalar(1, DType.I64));
        String cast = to.step("Cast", List.of(integer("to", OnnxExport.number(iota.dtype()))), range);
        var shape = new ArrayList<Dim>();
        for (int i = 0; i < iota.dims().size(); i++) {
            shape.add(i == iota.axis() ? size : Dim.ONE);
        }
        String along = to.step("Reshape", cast, to.sizes(shape));
        return to.node("Expand", name, along, to.sizes(iota.dims()));
    }

    private String slice(Op.Slice slice, String name, String x) {
        var ends = new ArrayList<Dim>();
        for (int i = 0; i < slice.dims().size(); i++) {
            int step = slice.step().get(i);
            Dim end = slice.start().get(i).plus(slice.dims().get(i).times(step));
            if (step > 1) {
                // One behind the last entry, so that the end stays within the axis.
                end = end.minus(Dim.of(step - 1L));
            }
            boolean beforeStart = step < 0 && end.constant().orElse(0) < 0;
            ends.add(beforeStart ? Dim.of(-(1L << 40)) : end);
        }
        List<Long> axes =
                IntStream.range(0, ends.size()).mapToObj(i -> (long) i).toList();
        String steps = to.list(slice.step().stream().map(Long::valueOf).toList());
        return to.node("Slice", name, x, to.sizes(slice.start()), to.sizes(ends), to.list(axes), steps);
    }

    private String pad(Op.Pad pad, Node node, String name, String x) {
        if (pad.interior().stream().anyMatch(i -> i != 0)) {
            throw unsupported(node, "padding between entries");
        }
        var pads = new ArrayList<>(pad.low());
        pads.addAll(pad.high());
        String value = to.scalar(pad.value(), node.output().type().dtype());
        return to.node("Pad", name, x, to.sizes(pads), value);
    }

    private String scatter(Op.Scatter scatter, Node node, String name, List<String> in) {
        String base = node.inputs().get(0).type().rank() == 0 && !scatter.dims().isEmpty()
                ? to.step("Expand", in.get(0), to.sizes(scatter.dims()))
                : in.get(0);
        if (!scatter.each() && scatter.axis() == 0 && scatter.mode() == Op.ScatterMode.SET) {
            return rows(node, name, base, in);
        }
        String index = in.get(1);
        TensorType updates = node.inputs().get(2).type();
        String values = in.get(2);
        if (!scatter.each()) {
            List<Dim> dims = node.inputs().get(1).type().dims();
            if (dims.size() != 1) {
                throw unsupported(node, "scattering whole entries by several axes of indices");
            }
            var shape = new ArrayList<Dim>();
            for (int i = 0; i < updates.rank(); i++) {
                shape.add(i == scatter.axis() ? dims.getFirst() : Dim.ONE);
            }
            index = to.step("Expand", to.step("Reshape", index, to.sizes(shape)), to.sizes(updates.dims()));
        }
        var attributes = new ArrayList<AttributeProto>();
        attributes.add(integer("axis", scatter.axis()));
        switch (scatter.mode()) {
            case SET -> {}
            case ADD -> attributes.add(word("reduction", "add"));
            case MULTIPLY -> attributes.add(word("reduction", "mul"));
            case MAX -> attributes.add(word("reduction", "max"));
            case MIN -> attributes.add(word("reduction", "min"));
        }
        return to.node("ScatterElements", name, attributes, base, index, values);
    }

    /** Whole entries of the first axis are replaced: runtimes copy them at once. */
    private String rows(Node node, String name, String base, List<String> in) {
        var dims = new ArrayList<>(node.inputs().get(1).type().dims());
        dims.add(Dim.ONE);
        String wide = to.step("Cast", List.of(integer("to", OnnxExport.number(DType.I64))), in.get(1));
        return to.node("ScatterND", name, base, to.step("Reshape", wide, to.sizes(dims)), in.get(2));
    }

    private String cumulate(Op.Cumulate op, Node node, String name, String x) {
        if (op.function() != Op.CumulateFunction.SUM) {
            throw unsupported(node, "a running product or extremum");
        }
        return to.node(
                "CumSum",
                name,
                List.of(integer("exclusive", op.exclusive() ? 1 : 0), integer("reverse", op.reverse() ? 1 : 0)),
                x,
                to.scalar(op.axis(), DType.I64));
    }
}
