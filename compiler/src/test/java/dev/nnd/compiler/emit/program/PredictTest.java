package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.runtime.kernel.Provider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** {@code predict} takes and gives arrays of the model's own types; free dims follow from their lengths. */
class PredictTest {

    private static final GeneratedProject PROJECT = new GeneratedProject("types.nnd", """
            package types

            model Text(context: int = 6) {
              input tokens: i32[N, T]
              input mask: bool[N, T]
              require T <= context
              output sums: i32[N, T] = select(mask, cumsum(tokens, axis: 1), 0)
              output any: bool[N] = any(mask, axis: 1)
              output swapped: bool[N, T] = not mask
            }

            model Wide {
              input x: f64[N, H, 3]
              input y: i64[N, H, W]
              input z: u8[N, W]
              output a: f64[N, H] = sum(x, axis: 2)
              output b: i64[N, W] = sum(y, axis: 1)
              output c: u8[N, W] = z
              output d: f64[N] = sum(x, axis: [1, 2])
            }

            model Rows {
              input x: f32[N, 4]
              input i: i64[N]
              output y: f32[N] = pick(x, i)
            }

            model Noise {
              input x: f32[N, 2]
              output y = x + normal[N, 2]
            }

            model Long {
              input x: f32[N, T, 64]
              output y: f32[N, T, 64] = softmax(gelu(x), axis: 2)
            }
            """);

    private static Object model(String name) throws Exception {
        return PROJECT.load("types." + name).getMethod("initialize", long.class).invoke(null, 1L);
    }

    private static Method predict(Object model) {
        return Arrays.stream(model.getClass().getMethods())
                .filter(m -> m.getName().equals("predict"))
                .findFirst()
                .orElseThrow();
    }

    private static Object result(Object record, String name) throws Exception {
        return record.getClass().getMethod(name).invoke(record);
    }

    private static String failure(Object model, Object... arguments) {
        var thrown = assertThrows(
                InvocationTargetException.class, () -> predict(model).invoke(model, arguments));
        return String.valueOf(Objects.requireNonNull(thrown.getCause()).getMessage());
    }

    /** More callers than threads, with inputs that are long enough for threads to share the kernels. */
    @Test
    void manyCallersAtOnceGetWhatEachGetsAlone() throws Exception {
        Class<?> type = PROJECT.load("types.Long");
        Method predict = predict(model("Long"));
        Object alone = model("Long");
        Object shared = type.getMethod("initialize", long.class, Provider.class).invoke(null, 1L, Provider.best(2));
        try (var callers = Executors.newFixedThreadPool(6)) {
            var calls = new ArrayList<Callable<float[]>>();
            var wanted = new ArrayList<float[]>();
            for (int call = 0; call < 48; call++) {
                var x = new float[64 * (2000 + call)];
                var random = new Random(call);
                for (int i = 0; i < x.length; i++) {
                    x[i] = (float) random.nextGaussian();
                }
                wanted.add((float[]) predict.invoke(alone, (Object) x));
                calls.add(() -> (float[]) predict.invoke(shared, (Object) x));
            }
            List<Future<float[]>> got = callers.invokeAll(calls);
            for (int call = 0; call < got.size(); call++) {
                assertArrayEquals(wanted.get(call), got.get(call).get(), "call " + call);
            }
        }
    }

    @Test
    void lengthsOfTextsFollowFromTheArrays() throws Exception {
        Object model = model("Text");
        Object got = predict(model).invoke(model, new int[] {5, 1, 7}, new boolean[] {true, false, true});
        assertArrayEquals(new int[] {5, 0, 13}, (int[]) result(got, "sums"));
        assertEquals(true, result(got, "any"));
        assertArrayEquals(new boolean[] {false, true, false}, (boolean[]) result(got, "swapped"));
        assertEquals("mask needs 3 values (bool[T]), got 2", failure(model, new int[3], new boolean[2]));
        assertEquals("T must be at least 1, got 0", failure(model, new int[0], new boolean[0]));
        assertEquals("Text: `T <= context` does not hold: T is 7", failure(model, new int[7], new boolean[7]));
    }

    @Test
    void severalFreeDimsFollowOneAfterTheOther() throws Exception {
        Object model = model("Wide");
        Object got = predict(model)
                .invoke(model, new double[] {1, 2, 3, 4, 5, 6}, new long[] {1, 2, 3, 4, 5, 6, 7, 8}, new byte[] {
                    1, 2, 3, -1
                });
        assertArrayEquals(new double[] {6, 15}, (double[]) result(got, "a"));
        assertArrayEquals(new long[] {6, 8, 10, 12}, (long[]) result(got, "b"));
        assertArrayEquals(new byte[] {1, 2, 3, -1}, (byte[]) result(got, "c"));
        assertEquals(21.0, result(got, "d"));
        assertEquals(
                "x needs a multiple of 3 values (f64[H, 3]), got 5",
                failure(model, new double[5], new long[4], new byte[4]));
    }

    @Test
    void anIndexOutOfRangeSaysWhichAndWhere() throws Exception {
        Object model = model("Rows");
        assertEquals(3f, predict(model).invoke(model, new float[] {1, 2, 3, 4}, 2L));
        assertEquals(
                "index 4 is out of range: types.nnd:25 has 4 entries, indices 0 to 3.",
                failure(model, new float[4], 4L));
        assertEquals(
                "index -1 is out of range: types.nnd:25 has 4 entries, indices 0 to 3.",
                failure(model, new float[4], -1L));
    }

    @Test
    void randomNumbersChangeFromCallToCallAndStartAnewWithASeed() throws Exception {
        Object model = model("Noise");
        Method seed = model.getClass().getMethod("seed", long.class);
        float[] first = (float[]) predict(model).invoke(model, new float[2]);
        float[] second = (float[]) predict(model).invoke(model, new float[2]);
        assertEquals(false, Arrays.equals(first, second));
        seed.invoke(model, 0L);
        assertArrayEquals(first, (float[]) predict(model).invoke(model, new float[2]));
        seed.invoke(model, 1L);
        assertEquals(false, Arrays.equals(first, (float[]) predict(model).invoke(model, new float[2])));
    }
}
