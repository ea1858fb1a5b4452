package dev.nnd.runtime.kernel;

import static dev.nnd.runtime.kernel.ProviderEquality.compareOp;
import static dev.nnd.runtime.kernel.ProviderEquality.pick;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the matmuls of every provider to the reference loops, with operands and results in any order of axes. */
class MatmulEqualityTest {

    static LongStream seeds() {
        return ProviderEquality.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matmul(long seed) {
        var random = new Random(seed);
        long m = pick(random, 1, 2, 7, 16, 33, 64);
        long n = pick(random, 1, 3, 8, 17, 48);
        long k = pick(random, 1, 5, 16, 31, 100);
        for (int form = 0; form < 6; form++) {
            matmul(seed, m, n, k, random.nextBoolean(), random.nextBoolean(), form);
        }
    }

    private static void matmul(long seed, long m, long n, long k, boolean ta, boolean tb, int form) {
        compareOp(seed, rig -> {
            long[] a = ta ? new long[] {k, m} : new long[] {m, k};
            long[] b = tb ? new long[] {n, k} : new long[] {k, n};
            var left = switch (form) {
                case 0, 1 -> a;
                case 2, 3 -> new long[] {3, a[0], a[1]};
                case 4 -> new long[] {2, 1, a[0], a[1]};
                default -> new long[] {1, 3, a[0], a[1]};
            };
            var right = switch (form) {
                case 0, 2 -> b;
                case 1, 3 -> new long[] {3, b[0], b[1]};
                case 4 -> new long[] {2, 4, b[0], b[1]};
                default -> new long[] {2, 1, b[0], b[1]};
            };
            var y = rig.op(rig.at.matmul("y", rig.input("a", left), rig.input("b", right), ta, tb))
                    .output();
            rig.want("y", y);
        });
    }

    /** Operands and results whose axes are in other orders, such as [n, t, h, d] for [n, h, t, d]. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void matmulOfPermutedAxes(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            int rank = pick(random, 3, 4, 4, 5);
            var axes = new MatmulAxes(
                    random.nextBoolean(),
                    random.nextBoolean(),
                    order(random, rank),
                    order(random, rank),
                    order(random, rank));
            long m = pick(random, 1, 2, 7, 33, 64);
            long n = pick(random, 1, 3, 8, 17, 48);
            long k = pick(random, 1, 5, 16, 31, 100);
            long[] left = new long[rank];
            long[] right = new long[rank];
            for (int axis = 0; axis < rank - 2; axis++) {
                long dim = pick(random, 1, 2, 3);
                boolean repeated = random.nextInt(6) == 0;
                left[axis] = dim;
                right[axis] = repeated ? 1 : dim;
            }
            left[rank - 2] = axes.transposeA() ? k : m;
            left[rank - 1] = axes.transposeA() ? m : k;
            right[rank - 2] = axes.transposeB() ? n : k;
            right[rank - 1] = axes.transposeB() ? k : n;
            long[] a = stored(left, axes.a());
            long[] b = stored(right, axes.b());
            compareOp(
                    seed,
                    rig -> rig.want(
                            "y " + axes,
                            rig.op(rig.at.matmul("y", rig.input("a", a), rig.input("b", b), axes))
                                    .output()));
        }
    }

    private static List<Integer> order(Random random, int rank) {
        var order = new ArrayList<>(IntStream.range(0, rank - 1).boxed().toList());
        Collections.shuffle(order, random);
        order.add(rank - 1);
        return switch (random.nextInt(4)) {
            case 0 -> List.of();
            case 1 -> order;
            default -> rank == 4 ? List.of(0, 2, 1, 3) : order;
        };
    }

    /** The dims in memory of what has these dims when it is read in that order. */
    private static long[] stored(long[] dims, List<Integer> order) {
        var stored = dims.clone();
        for (int i = 0; i < order.size(); i++) {
            stored[order.get(i)] = dims[i];
        }
        return stored;
    }
}
