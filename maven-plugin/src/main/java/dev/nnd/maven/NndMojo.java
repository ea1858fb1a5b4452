package dev.nnd.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.codehaus.plexus.build.BuildContext;
import org.jspecify.annotations.Nullable;

/** What the goals share: where the sources are, which JDK runs the compiler, how findings are shown. */
abstract class NndMojo extends AbstractMojo {

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    @Nullable
    MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    @Nullable
    MavenSession session;

    @Parameter(defaultValue = "${plugin.artifacts}", readonly = true, required = true)
    @Nullable
    List<Artifact> pluginArtifacts;

    /** The folder that holds the project's .nnd files; packages are folders below it. */
    @Parameter(property = "nnd.sourceDirectory", defaultValue = "${project.basedir}/src/main/nnd")
    @Nullable
    File sourceDirectory;

    /** Does nothing. */
    @Parameter(property = "nnd.skip", defaultValue = "false")
    boolean skip;

    @Inject
    @Nullable
    ToolchainManager toolchains;

    @Inject
    @Nullable
    BuildContext buildContext;

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("nnd is skipped (nnd.skip)");
            return;
        }
        Path sources = present(sourceDirectory).toPath();
        if (!hasNndFiles(sources)) {
            getLog().info("no .nnd files under " + relative(sources));
            withoutSources();
            return;
        }
        NndCommand.Result result = run(arguments(sources));
        Report report = Report.parse(result.lines());
        show(report);
        finish(result, report);
    }

    /** The command's arguments. */
    abstract List<String> arguments(Path sources);

    /** After a run without errors. */
    abstract void succeeded(Report report);

    /** When the source folder holds no .nnd file. */
    void withoutSources() throws MojoExecutionException {}

    private NndCommand.Result run(List<String> arguments) throws MojoExecutionException {
        Optional<Path> java = JdkLocator.system().java(toolchainJava(), Path.of(System.getProperty("java.home")));
        if (java.isEmpty()) {
            throw new MojoExecutionException("nnd needs a JDK " + JdkLocator.OLDEST
                    + " or newer and none was found: install one (for example Eclipse Temurin 25 from https://adoptium.net)"
                    + " and run Maven again; it may stay on the JVM that it runs on now.");
        }
        List<Path> classPath = present(pluginArtifacts).stream()
                .filter(artifact -> artifact.getFile() != null)
                .map(artifact -> artifact.getFile().toPath())
                .toList();
        getLog().debug("nnd runs on " + java.get() + " with " + arguments);
        try {
            return new NndCommand(java.get(), classPath)
                    .run(present(project).getBasedir().toPath(), arguments);
        } catch (IOException failed) {
            throw new MojoExecutionException("cannot start " + java.get() + ": " + failed.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted while the .nnd files were compiled");
        }
    }

    private Optional<Path> toolchainJava() {
        Toolchain toolchain = present(toolchains).getToolchainFromBuildContext("jdk", present(session));
        return Optional.ofNullable(toolchain).map(jdk -> jdk.findTool("java")).map(Path::of);
    }

    private void show(Report report) {
        for (Report.Finding finding : report.findings()) {
            File file = present(project)
                    .getBasedir()
                    .toPath()
                    .resolve(finding.file())
                    .toFile();
            int severity = finding.error() ? BuildContext.SEVERITY_ERROR : BuildContext.SEVERITY_WARNING;
            // The form that Maven's own compiler plugin prints, which CI annotators know.
            String line = file + ":[" + finding.line() + "," + finding.column() + "] " + finding.sentence();
            if (finding.error()) {
                getLog().error(line);
            } else {
                getLog().warn(line);
            }
            if (inEclipse()) {
                present(buildContext)
                        .addMessage(file, finding.line(), finding.column(), finding.sentence(), severity, null);
            }
        }
    }

    /** On the command line the build context prints what it is told, which would be said twice; m2e marks the file. */
    private boolean inEclipse() {
        MavenSession current = present(session);
        return current.getUserProperties().containsKey("m2e.version")
                || current.getSystemProperties().containsKey("m2e.version");
    }

    private void finish(NndCommand.Result result, Report report) throws MojoExecutionException, MojoFailureException {
        if (report.errors() > 0) {
            long files = report.findings().stream()
                    .filter(Report.Finding::error)
                    .map(Report.Finding::file)
                    .distinct()
                    .count();
            throw new MojoFailureException(
                    count(report.errors(), "error") + " in " + count(files, ".nnd file") + ", see above");
        }
        if (result.exitCode() != 0) {
            throw new MojoExecutionException("the nnd command failed: "
                    + (report.otherLines().isEmpty()
                            ? "exit code " + result.exitCode()
                            : String.join(System.lineSeparator(), report.otherLines())));
        }
        report.otherLines().forEach(line -> getLog().info(line));
        succeeded(report);
    }

    static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** A path as the user would name it: below the project's folder if it is there. */
    String relative(Path path) {
        Path base = present(project).getBasedir().toPath();
        return (path.startsWith(base) ? base.relativize(path) : path).toString().replace('\\', '/');
    }

    private static boolean hasNndFiles(Path folder) throws MojoExecutionException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".nnd"));
        } catch (IOException unreadable) {
            throw new MojoExecutionException("cannot read " + folder + ": " + unreadable.getMessage());
        }
    }

    /** Maven sets every injected field before it calls {@link #execute()}. */
    static <T> T present(@Nullable T injected) {
        if (injected == null) {
            throw new IllegalStateException("Maven did not inject a required value");
        }
        return injected;
    }

    /** A growing list of arguments. */
    static List<String> words(String... words) {
        return new ArrayList<>(List.of(words));
    }
}
