package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a model requires of its free dims is checked in the generated class at every call, before memory is taken. */
class BoundaryChecksTest {

    private static final String READER = """
            package nets

            model Reader(context: int = 16) {
              input  x: f32[N, T, 8]
              require T <= context, "T is {T}, the most is {context}"
              require T % 2 == 0 or T == 1
              output y = x -> mean(axis: 1) -> Dense(4)
            }
            """;

    private static final String IMAGES = """
            package nets

            model Images {
              input  x: f32[N, 3, H, W]
              output y = x -> Conv2d(4, kernel: 7) -> relu -> MaxPool2d(2)
            }
            """;

    private static final String JOINED = """
            package nets

            block Halves {
              input x: f32[N, D]
              require D % 2 == 0, "{D} cannot be halved"
              output y = relu(x)
            }

            model Joined {
              input  x: f32[N, T]
              require not (T > 100 and N > 10), "{N} rows of {T} are too many"
              require max(N, T) <= 1_000
              output y = x -> Halves() -> relu
            }
            """;

    @Test
    void writtenRequirementsAreChecked() throws Exception {
        try (var model = model("nets.Reader", READER)) {
            call(model, 3, 16);
            call(model, 3, 1);
            assertEquals("Reader: T is 18, the most is 16", refusal(model, 3, 18));
            assertEquals("Reader: `T % 2 == 0 or T == 1` does not hold: T is 7", refusal(model, 3, 7));
        }
    }

    @Test
    void sizesAreChecked() throws Exception {
        try (var model = model("nets.Images", IMAGES)) {
            call(model, 1, 8, 8);
            call(model, 1, 9, 32);
            String high = refusal(model, 1, 7, 8);
            assertTrue(high.contains("is 0: a dim is at least 1"), high);
            String wide = refusal(model, 1, 8, 3);
            assertTrue(wide.contains("a dim is at least 1"), wide);
        }
    }

    @Test
    void requirementsOfBlocksAreCheckedInTheModel() throws Exception {
        try (var model = model("nets.Joined", JOINED)) {
            call(model, 2, 1000);
            call(model, 1000, 100);
            assertEquals("Joined: 5 cannot be halved", refusal(model, 2, 5));
            assertEquals("Joined: 11 rows of 102 are too many", refusal(model, 11, 102));
            assertTrue(refusal(model, 2, 1002).startsWith("Joined: `max(N, T) <= 1_000` does not hold: "));
        }
    }

    private static AutoCloseable model(String name, String text) throws ReflectiveOperationException {
        CompileResult result = new Compiler().compile(CompilerRun.of(new SourceFile("nets/net.nnd", text)));
        assertTrue(
                result.ok(),
                () -> result.diagnostics().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString());
        ClassLoader classes = InMemoryJava.compile(
                        result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(BoundaryChecksTest.class.getClassLoader());
        Class<?> type = classes.loadClass(name);
        return assertInstanceOf(
                AutoCloseable.class, type.getMethod("initialize", long.class).invoke(null, 7L));
    }

    private static void call(AutoCloseable model, Integer... sizes) throws Exception {
        Class<?>[] types = Arrays.stream(sizes).map(s -> int.class).toArray(Class<?>[]::new);
        Method call = model.getClass().getMethod("call", types);
        try (var made = (AutoCloseable) call.invoke(model, (Object[]) sizes)) {
            assertEquals("Call", made.getClass().getSimpleName());
        }
    }

    private static String refusal(AutoCloseable model, Integer... sizes) {
        var thrown = assertThrows(InvocationTargetException.class, () -> call(model, sizes));
        return assertInstanceOf(NndException.class, thrown.getCause()).getMessage();
    }
}
