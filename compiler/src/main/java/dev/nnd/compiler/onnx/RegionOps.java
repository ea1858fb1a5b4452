package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pools over regions of an image that are computed: each region becomes a grid of one size. */
final class RegionOps {

    private RegionOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "RoiAlign", RegionOps::align);
        Rule.one(table, "MaxRoiPool", RegionOps::maximum);
    }

    /** Means, or maxima, of places between the entries; each cell of the grid has as many of them as the attribute says. */
    private static Value align(NodeCall c) {
        long samples = c.integer("sampling_ratio", 0);
        if (samples < 1) {
            throw new OnnxProblem("a `sampling_ratio` of 0 takes a number of samples that depends on the regions; "
                    + "one of 1 or more is supported");
        }
        List<Dim> d = c.type(0).dims();
        boolean half = c.opset() >= 16
                && c.word("coordinate_transformation_mode", "half_pixel").equals("half_pixel");
        long high = c.integer("output_height", 1);
        long wide = c.integer("output_width", 1);
        Axis y = axis(c, new Grid(1, high, samples, half), d.get(2));
        Axis x = axis(c, new Grid(0, wide, samples, half), d.get(3));
        Dim size = d.get(2).times(d.get(3));
        Value image = c.reshape(
                c.transpose(c.in(0), List.of(1, 0, 2, 3)), d.get(1), d.get(0).times(size));
        Value start = c.emit("({} -> cast[i32])[:, none, none] * {}", c.in(2), MoveOps.grouped(size));
        boolean mean = c.word("mode", "avg").equals("avg");
        Value all = null;
        for (int corner = 0; corner < 4; corner++) {
            Value row = corner < 2 ? y.low() : y.high();
            Value column = corner % 2 == 0 ? x.low() : x.high();
            Value weight = c.emit(
                    "{}[:, :, none] * {}[:, none, :]",
                    corner < 2 ? y.lowWeight() : y.highWeight(),
                    corner % 2 == 0 ? x.lowWeight() : x.highWeight());
            Value place =
                    c.emit("{}[:, :, none] * {} + {}[:, none, :] + {}", row, MoveOps.grouped(d.get(3)), column, start);
            Value one = c.emit("take({}, {}, axis: 1) * {}", image, place, weight);
            all = all == null ? one : c.emit(mean ? "{} + {}" : "maximum({}, {})", all, one);
        }
        Dim regions = c.type(1).dim(0);
        Value cells = c.emit(
                "{} -> reshape[{}, {}, {}, {}, {}, {}]",
                all == null ? image : all,
                d.get(1),
                regions,
                high,
                samples,
                wide,
                samples);
        return c.transpose(c.emit((mean ? "mean" : "max") + "({}, axis: [3, 5])", cells), List.of(1, 0, 2, 3));
    }

    /** @param column the low end of the axis in a region x1 y1 x2 y2 */
    private record Grid(int column, long cells, long samples, boolean half) {}

    /** The entries on both sides of each sample of an axis, [regions, cells * samples], and their weights. */
    private record Axis(Value low, Value high, Value lowWeight, Value highWeight) {}

    private static Axis axis(NodeCall c, Grid grid, Dim size) {
        String scale = Literals.of(c.number("spatial_scale", 1));
        String shift = grid.half() ? "0.5" : "0.0";
        Value from = c.emit("{}[:, {}:{}] * {} - {}", c.in(1), grid.column(), grid.column() + 1, scale, shift);
        Value to = c.emit("{}[:, {}:{}] * {} - {}", c.in(1), grid.column() + 2, grid.column() + 3, scale, shift);
        Value extent = c.emit("{} - {}", to, from);
        extent = grid.half() ? extent : c.emit("maximum({}, 1.0)", extent);
        long count = grid.cells() * grid.samples();
        Value place = c.emit("{} + {} * ((range({}) -> cast[f32]) + 0.5) / {}.0", from, extent, count, count);
        Value inside = c.emit("({} >= -1.0) and ({} <= {}) -> cast[f32]", place, place, size);
        Value held = c.emit("minimum(maximum({}, 0.0), {} - 1)", place, size);
        Value floor = c.emit("{} -> floor", held);
        Value part = c.emit("{} - {}", held, floor);
        Value low = c.cast(floor, DType.I32);
        return new Axis(
                low,
                c.emit("minimum({} + 1, {} - 1)", low, size),
                c.emit("(1.0 - {}) * {}", part, inside),
                c.emit("{} * {}", part, inside));
    }

    /** Maxima over cells with whole borders; masks say which rows and columns a cell has. */
    private static Value maximum(NodeCall c) {
        List<Dim> d = c.type(0).dims();
        List<Long> cells = c.integers("pooled_shape").orElseThrow();
        Dim regions = c.type(1).dim(0);
        Value image = c.emit("take({}, {}[:, 0] -> cast[i32], axis: 0)", c.in(0), c.in(1));
        Value columns = mask(c, 1, cells.get(1), d.get(3));
        Value rows = mask(c, 2, cells.get(0), d.get(2));
        String lowest = "(" + Literals.of(-Float.MAX_VALUE) + ")";
        Value wide = c.emit("max(select({}[:, none, none], {}[:, :, :, none], {}), axis: 4)", columns, image, lowest);
        // [R, C, H, cells]: now the rows.
        Value turned = c.transpose(wide, List.of(0, 1, 3, 2));
        Value pooled = c.emit("max(select({}[:, none, none], {}[:, :, :, none], {}), axis: 4)", rows, turned, lowest);
        var dims = new ArrayList<Dim>(List.of(regions, d.get(1), Dim.of(cells.get(0)), Dim.of(cells.get(1))));
        Value made = c.reshape(c.transpose(pooled, List.of(0, 1, 3, 2)), dims);
        return c.emit("select({} == {}, 0.0, {})", made, lowest, made);
    }

    /** Which entries of an axis a cell of a region has: [regions, cells, size]. */
    private static Value mask(NodeCall c, int column, long cells, Dim size) {
        String scale = Literals.of(c.number("spatial_scale", 1));
        Value from = c.emit("floor({}[:, {}:{}] * {} + 0.5)", c.in(1), column, column + 1, scale);
        Value to = c.emit("floor({}[:, {}:{}] * {} + 0.5)", c.in(1), column + 2, column + 3, scale);
        Value step = c.emit("maximum({} - {} + 1.0, 1.0) / {}.0", to, from, cells);
        Value low = c.emit("floor((range({}) -> cast[f32]) * {}) + {}", cells, step, from);
        Value high = c.emit("ceil(((range({}) -> cast[f32]) + 1.0) * {}) + {}", cells, step, from);
        Value place = c.emit("range({}) -> cast[f32]", size);
        return c.emit("({} >= {}[:, :, none]) and ({} < {}[:, :, none])", place, low, place, high);
    }
}
