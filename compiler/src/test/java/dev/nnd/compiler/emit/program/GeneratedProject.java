package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.data.DataEmitter;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.emit.model.ModelEmitter;
import dev.nnd.compiler.emit.training.TrainingEmitter;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.List;

/** What one .nnd text becomes, compiled as a user's project compiles it, without warnings. */
final class GeneratedProject {

    private final CompiledFile compiled;
    private final List<GeneratedFile> files = new ArrayList<>();
    private final ClassLoader loader;

    GeneratedProject(String name, String text) {
        CompileResult result = new Compiler().plan(CompilerRun.of(new SourceFile(name, text)));
        if (!result.ok()) {
            throw new IllegalArgumentException(result.diagnostics().toString());
        }
        compiled = result.programs().getFirst();
        emit(name);
        String classPath = System.getProperty("java.class.path");
        InMemoryJava.compile(files.stream().filter(f -> !f.vector()).toList(), classPath, "-Xlint:all", "-Werror");
        loader = InMemoryJava.compile(files, classPath, "-Xlint:all,-incubating", "-Werror")
                .loader(GeneratedProject.class.getClassLoader());
    }

    private void emit(String name) {
        String packageName = compiled.program().models().getFirst().packageName();
        var kernels = new KernelFile(packageName, name);
        for (CompiledFile.Model model : compiled.models()) {
            files.addAll(ModelEmitter.emit(model.model(), model.parameters(), model.plan(), kernels));
        }
        compiled.program().data().forEach(d -> files.add(DataEmitter.emit(d)));
        for (CompiledFile.Training training : compiled.trainings()) {
            files.add(ProgramEmitter.trainStep(training.train(), training.step(), kernels));
            files.add(ProgramEmitter.evaluation(training.train(), training.evaluation(), kernels));
            UpdateKernel update = kernels.update(training.update().name() + "Update", training.update());
            files.addAll(TrainingEmitter.emit(
                    training.train(), update, ProgramEmitter.accessors(training.model().plan())));
        }
        files.addAll(kernels.files());
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
