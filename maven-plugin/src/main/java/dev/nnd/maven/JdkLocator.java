package dev.nnd.maven;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds a JDK 25 or newer: the toolchain of the build, the JVM that runs Maven, or one in a usual place. */
final class JdkLocator {

    static final int OLDEST = 25;
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    private final Map<String, String> environment;
    private final Path userHome;
    private final List<Path> folders;

    /**
     * @param environment variables such as {@code JAVA_HOME} and {@code JAVA25_HOME} are tried first
     * @param userHome the user's folder, where version managers keep JDKs
     * @param systemFolders folders that hold one JDK per child
     */
    JdkLocator(Map<String, String> environment, Path userHome, List<Path> systemFolders) {
        this.environment = new TreeMap<>(environment);
        this.userHome = userHome;
        this.folders = systemFolders;
    }

    /** The locator for this machine. */
    static JdkLocator system() {
        var folders = new ArrayList<Path>();
        for (String folder :
                List.of("/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/usr/local", "/opt", "/opt/java")) {
            folders.add(Path.of(folder));
        }
        folders.add(Path.of("/Library/Java/JavaVirtualMachines"));
        String programs = System.getenv("ProgramFiles");
        if (programs != null) {
            for (String vendor :
                    List.of("Java", "Eclipse Adoptium", "Zulu", "Microsoft", "Amazon Corretto", "BellSoft")) {
                folders.add(Path.of(programs, vendor));
            }
        }
        return new JdkLocator(System.getenv(), Path.of(System.getProperty("user.home")), folders);
    }

    /**
     * The {@code java} program to start.
     *
     * @param toolchainJava what the build's JDK toolchain says; empty if there is none
     * @param running the home of the JVM that runs Maven
     */
    Optional<Path> java(Optional<Path> toolchainJava, Path running) {
        Optional<Path> home =
                toolchainJava.map(program -> program.resolveSibling("..").normalize());
        if (home.isPresent() && modern(home.get())) {
            return toolchainJava;
        }
        return homes(running).stream().filter(JdkLocator::modern).findFirst().map(JdkLocator::program);
    }

    private List<Path> homes(Path running) {
        var homes = new ArrayList<Path>();
        homes.add(running);
        environment.forEach((name, value) -> {
            if (name.startsWith("JAVA") && name.endsWith("HOME") && !value.isBlank()) {
                homes.add(Path.of(value));
            }
        });
        var parents = new ArrayList<>(folders);
        for (String folder : List.of(
                ".jdks",
                ".sdkman/candidates/java",
                ".m2/jdks",
                ".gradle/jdks",
                ".jbang/cache/jdks",
                ".asdf/installs/java",
                ".jabba/jdk",
                ".local/share/mise/installs/java",
                "Library/Java/JavaVirtualMachines")) {
            parents.add(userHome.resolve(folder));
        }
        for (Path parent : parents) {
            for (Path child : children(parent)) {
                homes.add(child);
                homes.add(child.resolve("Contents/Home"));
            }
        }
        return homes;
    }

    private static List<Path> children(Path folder) {
        var found = new ArrayList<Path>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, Files::isDirectory)) {
                children.forEach(found::add);
            } catch (IOException unreadable) {
                return List.of();
            }
        }
        found.sort(null);
        return found;
    }

    private static boolean modern(Path home) {
        Path release = home.resolve("release");
        // ct.sym tells a JDK, which can compile, from a bare runtime.
        if (!Files.isRegularFile(release)
                || !Files.isRegularFile(program(home))
                || !Files.isRegularFile(home.resolve("lib/ct.sym"))) {
            return false;
        }
        try {
            Matcher version = VERSION.matcher(Files.readString(release, StandardCharsets.UTF_8));
            return version.find() && Integer.parseInt(version.group(1)) >= OLDEST;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static Path program(Path home) {
        return home.resolve("bin").resolve(File.separatorChar == '\\' ? "java.exe" : "java");
    }
}
