package dev.nnd.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the .nnd files of a project to Java sources and adds them to its compilation. Files whose inputs did not
 * change are left alone, and sources of removed declarations are deleted.
 */
@Mojo(
        name = "generate",
        defaultPhase = LifecyclePhase.GENERATE_SOURCES,
        threadSafe = true,
        requiresDependencyResolution = ResolutionScope.NONE)
public final class GenerateMojo extends NndMojo {

    /** Where the Java sources go; becomes a source root of the project. */
    @Parameter(property = "nnd.outputDirectory", defaultValue = "${project.build.directory}/generated-sources/nnd")
    @Nullable
    File outputDirectory;

    /**
     * Where the sources of the vectorized kernels go. They need the JDK's incubating Vector API, so this goal compiles
     * them itself and the project's own compilation needs no flags.
     */
    @Parameter(
            property = "nnd.vectorDirectory",
            defaultValue = "${project.build.directory}/generated-sources/nnd-vector")
    @Nullable
    File vectorDirectory;

    /** The project's class folder; the vectorized kernels' classes go there. */
    @Parameter(defaultValue = "${project.build.outputDirectory}", readonly = true, required = true)
    @Nullable
    File classesDirectory;

    @Override
    List<String> arguments(Path sources) {
        List<String> words = words("compile", "--json", "--incremental", relative(sources));
        words.addAll(List.of("-d", relative(present(outputDirectory).toPath())));
        words.addAll(List.of("--vector-dir", relative(present(vectorDirectory).toPath())));
        words.addAll(
                List.of("--vector-classes", relative(present(classesDirectory).toPath())));
        return words;
    }

    @Override
    void withoutSources() throws MojoExecutionException {
        addSourceRoot();
    }

    @Override
    void succeeded(Report report) {
        addSourceRoot();
        File output = present(outputDirectory);
        if (report.written() + report.deleted() > 0) {
            getLog().info(count(report.written(), "Java file") + " written to " + relative(output.toPath())
                    + (report.deleted() > 0 ? ", " + report.deleted() + " deleted" : ""));
            present(buildContext).refresh(output);
        } else {
            getLog().info("nothing to generate: the .nnd files did not change");
        }
    }

    private void addSourceRoot() {
        present(project).addCompileSourceRoot(present(outputDirectory).getAbsolutePath());
    }
}
