package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The dims that tell what an axis is.
 *
 * @param batch the free dim of the rows
 * @param time the free dim of the positions, in a step the number of those it adds
 * @param room the free dim of a step that is the number of positions its caches hold
 */
record Axes(String batch, String time, String room) {

    boolean isTime(Dim dim) {
        return dim.variables().contains(time);
    }

    Dim batchDim() {
        return Dim.variable(batch);
    }

    Dim timeDim() {
        return Dim.variable(time);
    }

    Dim roomDim() {
        return Dim.variable(room);
    }

    /** The axis that is the batch and nothing else, or -1. */
    int batchAxis(Value value) {
        return value.type().dims().indexOf(batchDim());
    }

    /** The axes that hold positions. */
    List<Integer> timeAxes(Value value) {
        var axes = new ArrayList<Integer>();
        for (int i = 0; i < value.type().rank(); i++) {
            if (isTime(value.type().dim(i))) {
                axes.add(i);
            }
        }
        return axes;
    }

    boolean mixesRows(Value value) {
        return batchAxis(value) < 0
                && value.type().dims().stream().anyMatch(d -> d.variables().contains(batch));
    }

    /** All axes of positions in one form. */
    List<Form> forms(Value value, Form form) {
        return value.type().dims().stream()
                .map(d -> isTime(d) ? form : Form.NONE)
                .toList();
    }

    /** Whether a step gives a value that has no batch one, in front: its positions differ from row to row. */
    boolean lifted(Value value, List<Form> forms) {
        return batchAxis(value) < 0 && !mixesRows(value) && (forms.contains(Form.NOW) || forms.contains(Form.LAST));
    }

    /** The dims in a step, without the batch that {@link #lifted} adds. */
    List<Dim> dims(List<Dim> dims, List<Form> forms) {
        var result = new ArrayList<Dim>();
        for (int i = 0; i < dims.size(); i++) {
            result.add(
                    switch (forms.get(i)) {
                        case NONE, NOW -> dims.get(i);
                        case LAST -> dims.get(i).substitute(Map.of(time, Dim.ONE));
                        case FULL -> dims.get(i).substitute(Map.of(time, roomDim()));
                    });
        }
        return result;
    }

    /** The dims in a step. */
    List<Dim> dims(Value value, List<Form> forms) {
        List<Dim> dims = dims(value.type().dims(), forms);
        return lifted(value, forms) ? prepend(batchDim(), dims) : dims;
    }

    static <T> List<T> prepend(T first, List<T> rest) {
        var all = new ArrayList<T>();
        all.add(first);
        all.addAll(rest);
        return all;
    }

    static List<Dim> ones(int count) {
        return Collections.nCopies(count, Dim.ONE);
    }
}
