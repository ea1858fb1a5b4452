package dev.nnd.compiler.cli.output;

import dev.nnd.compiler.emit.GeneratedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles generated files with the JDK's own compiler, in memory. */
public final class InMemoryJava {

    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private final Map<String, byte[]> classes;

    private InMemoryJava(Map<String, byte[]> classes) {
        this.classes = classes;
    }

    /**
     * Compiles the files; those for the Vector API only if the running JVM has its module.
     *
     * @param classPath where the runtime's classes are, in the form of {@code java.class.path}
     * @param options further options for javac, such as {@code -Xlint:all}
     * @throws IllegalStateException with javac's words if it finds an error: that is a bug of nnd, never of the user
     */
    public static InMemoryJava compile(List<GeneratedFile> files, String classPath, String... options) {
        boolean vector = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        List<GeneratedFile> sources =
                files.stream().filter(f -> vector || !f.vector()).toList();
        return new InMemoryJava(javac(sources, classPath, List.of(options)));
    }

    /**
     * Compiles the kernels that use the Vector API and writes their classes, and no others, into a folder. The javac of
     * the caller's own project can then do without options.
     *
     * @return the number of class files
     * @throws IllegalStateException with javac's words if it finds an error: that is a bug of nnd, never of the user
     */
    public static int writeVectorClasses(List<GeneratedFile> files, String classPath, Path folder) throws IOException {
        int written = 0;
        var vectorClasses = files.stream()
                .filter(GeneratedFile::vector)
                .map(InMemoryJava::className)
                .toList();
        if (vectorClasses.isEmpty()) {
            return 0;
        }
        for (var entry : javac(files, classPath, List.of()).entrySet()) {
            String outer = entry.getKey().replaceFirst("\\$.*", "");
            if (vectorClasses.contains(outer)) {
                Path file = folder.resolve(entry.getKey().replace('.', '/') + ".class");
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
                written++;
            }
        }
        return written;
    }

    /** Binary names of the classes made, in order. */
    public List<String> classNames() {
        return List.copyOf(classes.keySet());
    }

    /** A new class loader with the classes, below {@code parent}. */
    public ClassLoader loader(ClassLoader parent) {
        return new Loader(classes, parent);
    }

    private static Map<String, byte[]> javac(List<GeneratedFile> files, String classPath, List<String> more) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this Java has no compiler; run nnd on a JDK 25, not on a JRE");
        }
        var options = new ArrayList<>(List.of("-classpath", classPath, "-proc:none", "-implicit:none"));
        options.addAll(more);
        if (files.stream().anyMatch(GeneratedFile::vector)) {
            options.addAll(List.of("--add-modules", VECTOR_MODULE, "-Xlint:-incubating"));
        }
        var problems = new DiagnosticCollector<JavaFileObject>();
        try (var standard = compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8);
                var manager = new Outputs(standard)) {
            var units = files.stream().map(Source::new).toList();
            boolean done = compiler.getTask(null, manager, problems, options, null, units)
                    .call();
            if (!done) {
                throw new IllegalStateException(
                        "generated Java does not compile; this is a bug of nnd:\n" + problems(problems));
            }
            return manager.classes();
        } catch (IOException e) {
            throw new IllegalStateException("javac could not be closed: " + e, e);
        }
    }

    private static String problems(DiagnosticCollector<JavaFileObject> problems) {
        var text = new StringBuilder();
        for (var problem : problems.getDiagnostics()) {
            text.append(problem).append('\n');
        }
        return text.toString();
    }

    private static String className(GeneratedFile file) {
        return file.path().replaceFirst("\\.java$", "").replace('/', '.');
    }

    /** One generated file as javac reads it. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(GeneratedFile file) {
            super(URI.create("nnd:///" + file.path()), Kind.SOURCE);
            this.text = file.content();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** One class as javac writes it. */
    private static final class Output extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Output(String className) {
            super(URI.create("nnd:///" + className.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /** Keeps classes in memory. */
    private static final class Outputs extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, Output> outputs = new TreeMap<>();

        Outputs(StandardJavaFileManager manager) {
            super(manager);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return outputs.computeIfAbsent(className, Output::new);
        }

        Map<String, byte[]> classes() {
            var classes = new TreeMap<String, byte[]>();
            outputs.forEach((name, output) -> classes.put(name, output.bytes.toByteArray()));
            return classes;
        }
    }

    /** Defines classes from memory. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes, ClassLoader parent) {
            super(parent);
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
