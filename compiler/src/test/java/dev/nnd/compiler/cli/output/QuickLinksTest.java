package dev.nnd.compiler.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes with quick links give what those of {@code javac} give. */
final class QuickLinksTest {

    /** Of every kind of field. */
    record Everything(
            boolean truth,
            byte small,
            short shorter,
            char letter,
            int whole,
            long wide,
            float number,
            double exact,
            @Nullable String text,
            @Nullable Object other) {}

    record Nothing() {}

    sealed interface Shape permits Circle, Square, Many {
        /** A switch in an interface, with a guard, a nested pattern and a constant after it. */
        static String name(@Nullable Shape shape) {
            return switch (shape) {
                case null -> "none";
                case Circle c when c.radius() > 10 -> "large circle " + c.radius();
                case Circle c -> "circle " + c.radius();
                case Square s -> "square " + s.side();
                case Many(Shape first, Square(int side)) -> name(first) + " and square " + side;
                case Many(Circle first, Shape second) -> "circle and " + name(second);
                case Many m -> "many " + m;
            };
        }
    }

    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}

    record Many(@Nullable Shape first, @Nullable Shape second) implements Shape {}

    /** What is called in both worlds: everything that the classes above say of values that a seed draws. */
    public static final class Probe implements Function<Long, String> {

        @Override
        public String apply(Long seed) {
            var random = new Random(seed);
            var said = new ArrayList<String>();
            var values = new ArrayList<Everything>();
            for (int i = 0; i < 20; i++) {
                values.add(drawn(random));
            }
            for (Everything value : values) {
                said.add(value + " " + value.hashCode() + " " + value.equals((Object) "text"));
                values.forEach(other -> said.add(String.valueOf(value.equals(other))));
                said.add(Shape.name(shape(random, 3)));
            }
            said.add(new Nothing() + " " + new Nothing().hashCode() + new Nothing().equals(new Nothing()));
            return String.join("\n", said);
        }

        private static Everything drawn(Random random) {
            float[] floats = {0f, -0f, Float.NaN, 1.5f, Float.NEGATIVE_INFINITY};
            double[] doubles = {0, -0.0, Double.NaN, 1e300, 7};
            return new Everything(
                    random.nextInt(8) == 0,
                    (byte) -random.nextInt(2),
                    (short) random.nextInt(2),
                    (char) ('a' + random.nextInt(2)),
                    random.nextInt(2) * Integer.MIN_VALUE,
                    random.nextInt(2) * (1L << 40),
                    floats[random.nextInt(floats.length)],
                    doubles[random.nextInt(doubles.length)],
                    random.nextBoolean() ? null : "t",
                    random.nextBoolean() ? null : List.of(random.nextInt(2)));
        }

        private static @Nullable Shape shape(Random random, int depth) {
            return switch (random.nextInt(depth == 0 ? 3 : 6)) {
                case 0 -> null;
                case 1 -> new Circle(random.nextInt(20));
                case 2 -> new Square(random.nextInt(20));
                case 3, 4, 5 -> new Many(shape(random, depth - 1), shape(random, depth - 1));
                default -> throw new AssertionError();
            };
        }
    }

    /** Defines the classes of this test anew, transformed. */
    private static final class Transforming extends ClassLoader {

        private Transforming() {
            super(QuickLinksTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(QuickLinksTest.class.getName() + "$")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] bytes = QuickLinks.of(bytes(name));
            assertTrue(links(bytes).stream().noneMatch(l -> l.equals("typeSwitch") || l.equals("bootstrap")), name);
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void resultsAreThoseOfTheJvm() throws ReflectiveOperationException {
        Object quick = new Transforming()
                .loadClass(Probe.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        assertNotEquals(Probe.class, quick.getClass());
        for (long seed = 0; seed < 50; seed++) {
            assertEquals(new Probe().apply(seed), ((Function<Long, String>) quick).apply(seed), "seed " + seed);
        }
    }

    @Test
    void thereWasSomethingToDo() {
        assertTrue(links(bytes(Shape.class.getName())).contains("typeSwitch"));
        assertTrue(links(bytes(Everything.class.getName())).contains("bootstrap"));
    }

    @Test
    void classesWithoutSuchLinksStayAsTheyAre() {
        byte[] bytes = bytes(Transforming.class.getName());
        assertSame(bytes, QuickLinks.of(bytes));
    }

    @Test
    void aJarIsCopiedWithAllItsFiles(@TempDir Path folder) throws IOException {
        Path jar = folder.resolve("a.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("a/text.txt"));
            out.write(7);
            out.closeEntry();
            out.putNextEntry(new JarEntry("Nothing.class"));
            out.write(bytes(Nothing.class.getName()));
            out.closeEntry();
        }
        QuickJars.main(new String[] {folder.resolve("quick").toString(), jar.toString()});
        try (var copy = new JarFile(folder.resolve("quick/a.jar").toFile())) {
            assertEquals(7, copy.getInputStream(copy.getEntry("a/text.txt")).read());
            byte[] made = copy.getInputStream(copy.getEntry("Nothing.class")).readAllBytes();
            assertFalse(links(made).contains("bootstrap"));
            byte[] fingerprint =
                    copy.getInputStream(copy.getEntry(QuickJars.FINGERPRINT)).readAllBytes();
            assertEquals(
                    new ContentHash().add(Files.readAllBytes(jar)).hex(),
                    new String(fingerprint, StandardCharsets.US_ASCII));
        }
    }

    /** The names of the bootstrap methods that a class needs. */
    private static List<String> links(byte[] bytes) {
        return ClassFile.of().parse(bytes).methods().stream()
                .flatMap(m -> m.code().stream())
                .flatMap(code -> code.elementStream())
                .filter(InvokeDynamicInstruction.class::isInstance)
                .map(e -> ((InvokeDynamicInstruction) e).bootstrapMethod().methodName())
                .toList();
    }

    private static byte[] bytes(String name) {
        String path = name.substring(name.lastIndexOf('.') + 1) + ".class";
        try (InputStream in = QuickLinksTest.class.getResourceAsStream(path)) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
