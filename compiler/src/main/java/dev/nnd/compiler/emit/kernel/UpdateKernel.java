package dev.nnd.compiler.emit.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * The method that an optimizer's update became: it changes slabs in place over a range of elements.
 *
 * @param className the kernels' class, in the package of the file
 * @param name the method
 * @param slabs the {@code MemorySegment} parameters, by the names of the update graph's ports, such as {@code p g m v}
 * @param scalars the {@code double} parameters, such as {@code lr step}
 */
public record UpdateKernel(String className, String name, List<String> slabs, List<String> scalars) {

    public UpdateKernel {
        slabs = List.copyOf(slabs);
        scalars = List.copyOf(scalars);
    }

    /** The argument list over a range of elements, given Java expressions in the order of {@link #slabs} and {@link #scalars}. */
    public String arguments(List<String> slabValues, String from, String to, List<String> scalarValues) {
        var all = new ArrayList<>(slabValues);
        all.add(from);
        all.add(to);
        all.addAll(scalarValues);
        return String.join(", ", all);
    }
}
