package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.Writing;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What one .nnd text becomes, compiled as a user's project compiles it, without warnings. */
final class GeneratedProject {

    private final CompiledFile compiled;
    private final List<GeneratedFile> files = new ArrayList<>();
    private final ClassLoader loader;

    GeneratedProject(String name, String text) {
        this(new SourceFile(name, text), List.of(), _ -> List.of());
    }

    /**
     * With more files, made of what the text was compiled to.
     *
     * @param others from which it may import
     */
    GeneratedProject(SourceFile text, List<SourceFile> others, Function<CompiledFile, List<GeneratedFile>> more) {
        this(text, others, more, Writing.USUAL);
    }

    /** The same, written in a way that is not the usual one. */
    GeneratedProject(
            SourceFile text,
            List<SourceFile> others,
            Function<CompiledFile, List<GeneratedFile>> more,
            Writing writing) {
        CompileResult result = new Compiler().compile(new CompilerRun(List.of(text), others), writing);
        if (!result.ok()) {
            throw new IllegalArgumentException(result.diagnostics().stream()
                    .map(d -> d.code() + " " + d.span().text() + ": " + d.message())
                    .toList()
                    .toString());
        }
        compiled = result.programs().getFirst();
        files.addAll(result.files());
        files.addAll(more.apply(compiled));
        String classPath = System.getProperty("java.class.path");
        InMemoryJava.compile(files.stream().filter(f -> !f.vector()).toList(), classPath, "-Xlint:all", "-Werror");
        loader = InMemoryJava.compile(files, classPath, "-Xlint:all,-incubating", "-Werror")
                .loader(GeneratedProject.class.getClassLoader());
    }

    CompiledFile compiled() {
        return compiled;
    }

    List<GeneratedFile> files() {
        return files;
    }

    Class<?> load(String className) {
        try {
            return loader.loadClass(className);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
