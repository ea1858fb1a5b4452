package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Kernels of some cases, generated, compiled and ready to run in plain loops and on the Vector API. */
final class KernelHarness {

    private static final String CALLER = """
            package kernels;
            import java.lang.foreign.MemorySegment;
            import java.util.function.BiFunction;
            import dev.nnd.runtime.kernel.*;
            public final class %1$s implements BiFunction<MemorySegment[], long[], Runnable> {
                /** Makes a caller. */
                public %1$s() {}
                @Override
                public Runnable apply(MemorySegment[] s, long[] sizes) {
                    return new Runnable() {
                        private final %2$s kernels = %3$s;
                        private final SharedCall shared = new SharedCall(Workers.of((int) sizes[sizes.length - 1]), 1);
                        @Override
                        public void run() {
                            kernels.%4$s(%5$s);
                        }
                    };
                }
            }
            """;

    private final Map<String, KernelMethod> methods = new LinkedHashMap<>();
    private final List<GeneratedFile> generated;
    private final ClassLoader loader;

    KernelHarness(List<KernelCase> cases) {
        var kernels = new KernelFile("kernels", "some/folder/kernels.nnd");
        cases.forEach(c -> methods.put(c.name(), kernels.add(c.step())));
        generated = kernels.files();
        var files = new ArrayList<>(generated);
        cases.forEach(c -> {
            files.add(caller(c, true));
            files.add(caller(c, false));
        });
        String classPath = System.getProperty("java.class.path");
        List<GeneratedFile> scalar = files.stream().filter(f -> !f.vector()).toList();
        InMemoryJava.compile(scalar, classPath, "-Xlint:all", "-Werror"); // as a user's own project does it
        loader = InMemoryJava.compile(files, classPath, "-Xlint:all,-incubating", "-Werror")
                .loader(KernelHarness.class.getClassLoader());
    }

    List<GeneratedFile> generated() {
        return generated;
    }

    KernelMethod method(KernelCase kernel) {
        return Objects.requireNonNull(methods.get(kernel.name()));
    }

    /**
     * A kernel bound to memory.
     *
     * @param segments of its inputs, then of its outputs
     * @param sizes by the case's variables, then the bits of its scalars, then the number of threads
     */
    @SuppressWarnings("unchecked")
    Runnable bind(KernelCase kernel, boolean vector, MemorySegment[] segments, long[] sizes) {
        try {
            var factory = (BiFunction<MemorySegment[], long[], Runnable>)
                    loader.loadClass("kernels." + callerName(kernel, vector))
                            .getConstructor()
                            .newInstance();
            return factory.apply(segments, sizes);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static String callerName(KernelCase kernel, boolean vector) {
        return JavaNames.type(kernel.name()) + (vector ? "Vector" : "Scalar");
    }

    private GeneratedFile caller(KernelCase kernel, boolean vector) {
        KernelMethod method = method(kernel);
        String instance = vector ? method.className() + ".INSTANCE" : "new " + method.className() + "()";
        String arguments =
                method.arguments().stream().map(a -> argument(kernel, a)).collect(Collectors.joining(", "));
        String name = callerName(kernel, vector);
        String text = CALLER.formatted(name, method.className(), instance, method.name(), arguments);
        return new GeneratedFile("kernels/" + name + ".java", text, false);
    }

    private static String argument(KernelCase kernel, KernelMethod.Argument argument) {
        int inputs = kernel.body().inputs().size();
        return switch (argument) {
            case KernelMethod.Shared() -> "shared";
            case KernelMethod.Input(int index) -> "s[" + index + "]";
            case KernelMethod.Output(int index) -> "s[" + (inputs + index) + "]";
            case KernelMethod.RangeStart() -> "0";
            case KernelMethod.RangeEnd(var dim) -> "sizes[" + kernel.variables().indexOf(dim.toString()) + "]";
            case KernelMethod.Size(var dim) -> "sizes[" + kernel.variables().indexOf(dim.toString()) + "]";
            case KernelMethod.Place() -> "\"test.nnd:1\"";
            case KernelMethod.Scalar(String name) -> {
                int at = kernel.variables().size() + (name.equals("lr") ? 0 : 1);
                yield "Double.longBitsToDouble(sizes[" + at + "])";
            }
        };
    }
}
