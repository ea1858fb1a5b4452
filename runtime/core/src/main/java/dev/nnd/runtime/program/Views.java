package dev.nnd.runtime.program;

import dev.nnd.runtime.memory.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Tensors in the memory of others, each of which lives as long as that one. */
final class Views {

    private record View(Tensor view, Tensor of) {}

    private final List<View> views = new ArrayList<>();
    private final Map<Tensor, Tensor> within = new IdentityHashMap<>();

    /**
     * The memory of a row-major tensor under other dims.
     *
     * @throws IllegalArgumentException if the tensor is not row-major, or the dims have another number of elements
     */
    Tensor add(String name, Tensor of, long... dims) {
        var view = Tensor.rowMajor(name, of.type(), dims);
        if (!of.plain() || view.elements() != of.elements()) {
            throw new IllegalArgumentException(view + " can't be a view of " + of);
        }
        views.add(new View(view, of));
        within(view, of);
        return view;
    }

    /** A tensor is a part of another one's memory, and somebody else places it. */
    void within(Tensor part, Tensor of) {
        within.put(part, of);
    }

    /** The tensor that a view, or a view of it, is of in the end; else the tensor itself. */
    Tensor root(Tensor tensor) {
        var root = tensor;
        for (var of = within.get(root); of != null; of = within.get(root)) {
            root = of;
        }
        return root;
    }

    /** Once all that they are of have memory. */
    void place() {
        views.forEach(view -> view.view().place(view.of().segment()));
    }

    void takeBack() {
        views.forEach(view -> view.view().place(null));
    }
}
