package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Kernels that move elements by index; memory is their limit, so that plain loops serve on every machine. The lists hold the
 * Java variables of the addresses of operands, then of results.
 */
final class IndexKernels {

    private static final List<String> VARIABLES = List.of("i", "j", "k", "l", "m", "o", "p", "q");

    private IndexKernels() {}

    /** (x, index) -> y[i] = x[i, index[i]]. */
    static KernelLoops pick(List<String> p, DType dtype) {
        return plain("""
                for (long i = from; i < to; i++) {
                    long at = i * columns + Indices.check(MEMORY.get(JAVA_INT, %2$s + 4 * i), columns, place);
                    MEMORY.set(%4$s, %3$s + %5$s * i, MEMORY.get(%4$s, %1$s + %5$s * at));
                }
                """.formatted(p.get(0), p.get(1), p.get(2), Literals.layout(dtype), dtype.bytes()));
    }

    /** (index) -> y[i, j] = j == index[i] ? 1 : 0. */
    static KernelLoops oneHot(List<String> p, DType dtype) {
        boolean narrow = dtype == DType.U8 || dtype == DType.I8;
        String value = "j == hit ? " + Literals.constant(1, dtype).text() + " : "
                + Literals.constant(0, dtype).text();
        String stored = dtype == DType.BOOL ? "j == hit" : narrow ? "(byte) (" + value + ")" : value;
        return plain("""
                for (long i = from; i < to; i++) {
                    int hit = MEMORY.get(JAVA_INT, %1$s + 4 * i);
                    for (long j = 0; j < columns; j++) {
                        MEMORY.set(%3$s, %2$s + %5$s * (i * columns + j), %4$s);
                    }
                }
                """.formatted(p.get(0), p.get(1), Literals.layout(dtype), stored, dtype.bytes()));
    }

    /** (x) -> y[i] = the first j with the largest x[i, j]. */
    static KernelLoops argMax(List<String> p, DType dtype) {
        String read = "MEMORY.get(%s, %s + %s * ".formatted(Literals.layout(dtype), p.getFirst(), dtype.bytes());
        return plain("""
                for (long i = from; i < to; i++) {
                    long row = i * columns;
                    int best = 0;
                    %3$s largest = %1$srow);
                    for (int j = 1; j < columns; j++) {
                        %3$s value = %1$s(row + j));
                        if (value > largest) {
                            best = j;
                            largest = value;
                        }
                    }
                    MEMORY.set(JAVA_INT, %2$s + 4 * i, best);
                }
                """.formatted(read, p.get(1), Literals.javaType(dtype)));
    }

    /**
     * (x) -> y with axes in another order: loops over y's axes, so that y is written in the order of memory.
     *
     * @param sizes the sizes of x's axes in Java
     * @param permutation axis i of y is axis {@code permutation[i]} of x
     */
    static KernelLoops transpose(List<String> p, DType dtype, List<String> sizes, List<Integer> permutation) {
        var out = new Lines();
        var from = new ArrayList<String>(sizes);
        // An axis that stays the last one is copied in runs.
        int last = permutation.size() - 1;
        boolean runs = last > 0 && permutation.get(last) == last;
        int loops = runs ? last : permutation.size();
        for (int axis = 0; axis < permutation.size(); axis++) {
            from.set(permutation.get(axis), axis < loops ? VARIABLES.get(axis) : "0");
        }
        for (int axis = 0; axis < loops; axis++) {
            String v = VARIABLES.get(axis);
            String start = axis == 0 ? "from" : "0";
            String end = axis == 0 ? "to" : sizes.get(permutation.get(axis));
            out.open("for (long %1$s = %2$s; %1$s < %3$s; %1$s++)".formatted(v, start, end));
        }
        var to = new ArrayList<>(VARIABLES.subList(0, permutation.size()));
        if (runs) {
            to.set(last, "0");
        }
        List<String> toSizes = permutation.stream().map(sizes::get).toList();
        String scale = " + " + dtype.bytes() + " * (";
        String source = p.getFirst() + scale + index(from, sizes) + ")";
        String target = p.get(1) + scale + index(to, toSizes) + ")";
        String layout = Literals.layout(dtype);
        out.add(
                runs
                        ? "NativeMemory.copy(" + source + ", " + target + ", " + dtype.bytes() + " * " + sizes.get(last)
                                + ")"
                        : "MEMORY.set(" + layout + ", " + target + ", MEMORY.get(" + layout + ", " + source + "))");
        for (int loop = 0; loop < loops; loop++) {
            out.close();
        }
        return plain(out.toString());
    }

    /** Horner's rule: {@code (i * rows + j) * columns + k}. */
    private static String index(List<String> variables, List<String> sizes) {
        String index = variables.isEmpty() ? "0" : variables.getFirst();
        for (int axis = 1; axis < variables.size(); axis++) {
            String offset = variables.get(axis).equals("0") ? "" : " + " + variables.get(axis);
            index = (index.contains(" ") ? "(" + index + ")" : index) + " * " + sizes.get(axis) + offset;
        }
        return index;
    }

    private static KernelLoops plain(String text) {
        return new KernelLoops(text, null);
    }
}
