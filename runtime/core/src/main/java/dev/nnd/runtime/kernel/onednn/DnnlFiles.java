package dev.nnd.runtime.kernel.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native libraries inside the jar {@code org.bytedeco:dnnl} for this machine and puts them where the system
 * can load them: a folder of the user's cache, named after their contents. A file that is there is used only if its
 * checksum is right, or was and the file has not been written since; a new one appears under its name in one step, so that processes
 * don't disturb each other. Nothing is fetched from a network.
 */
final class DnnlFiles {

    /** Where the libraries are, or why they are not there. */
    record Located(@Nullable Path openMp, Path dnnl) {}

    /** The libraries can't be had on this machine; the message says why. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String reason) {
            super(reason);
        }
    }

    private record Platform(String folder, @Nullable String openMp, String dnnl) {}

    /** A file inside a jar. */
    private record Resource(String name, URL url, long size, long crc) {}

    private static final String ROOT = "org/bytedeco/dnnl/";
    private static final int PIECE = 1 << 18;

    private DnnlFiles() {}

    /** Finds or extracts the libraries. */
    static Located locate() throws Unavailable {
        var platform = platform();
        try {
            var resources = new ArrayList<Resource>();
            var plain = new ArrayList<Path>();
            for (String name : names(platform)) {
                var url = DnnlFiles.class.getClassLoader().getResource(ROOT + platform.folder() + "/" + name);
                if (url == null) {
                    throw new Unavailable("org.bytedeco:dnnl:" + platform.folder() + " is not on the class path");
                }
                if (url.getProtocol().equals("file")) {
                    plain.add(Path.of(url.toURI()));
                } else {
                    resources.add(resource(name, url));
                }
            }
            var files = resources.isEmpty() ? plain : extracted(resources, platform);
            return new Located(platform.openMp() == null ? null : files.getFirst(), files.getLast());
        } catch (IOException | URISyntaxException failed) {
            throw new Unavailable("its libraries can't be extracted: " + failed);
        }
    }

    private static List<String> names(Platform platform) {
        return platform.openMp() == null ? List.of(platform.dnnl()) : List.of(platform.openMp(), platform.dnnl());
    }

    private static Platform platform() throws Unavailable {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        boolean intel = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
        if (os.startsWith("linux") && (arm || intel)) {
            return new Platform(arm ? "linux-arm64" : "linux-x86_64", "libgomp.so.1", "libdnnl.so.3");
        }
        if (os.startsWith("mac") && arm) {
            return new Platform("macosx-arm64", "libomp.dylib", "libdnnl.3.dylib");
        }
        if (os.startsWith("mac") && intel) {
            return new Platform("macosx-x86_64", "libiomp5.dylib", "libdnnl.3.dylib");
        }
        if (os.startsWith("windows") && intel) {
            return new Platform("windows-x86_64", null, "dnnl.dll");
        }
        throw new Unavailable(
                "there is no binary for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
    }

    private static Resource resource(String name, URL url) throws IOException, Unavailable {
        try (var jar = jar(url)) {
            var entry = entry(jar, url);
            return new Resource(name, url, entry.getSize(), entry.getCrc());
        }
    }

    private static JarFile jar(URL url) throws IOException, Unavailable {
        if (url.openConnection() instanceof JarURLConnection connection) {
            connection.setUseCaches(false);
            return connection.getJarFile();
        }
        throw new Unavailable(url + " is neither in a folder nor in a jar");
    }

    private static JarEntry entry(JarFile jar, URL url) throws IOException {
        String path = url.getPath();
        return jar.getJarEntry(path.substring(path.lastIndexOf("!/") + 2));
    }

    private static List<Path> extracted(List<Resource> resources, Platform platform) throws IOException, Unavailable {
        String name = platform.folder() + "-" + key(resources);
        try {
            return extracted(
                    resources, Files.createDirectories(cache().resolve("onednn").resolve(name)));
        } catch (FileSystemException readOnly) {
            return extracted(resources, Files.createTempDirectory("nnd-onednn-"));
        }
    }

    private static List<Path> extracted(List<Resource> resources, Path folder) throws IOException, Unavailable {
        var files = new ArrayList<Path>();
        for (var resource : resources) {
            var file = folder.resolve(resource.name());
            if (!intact(file, resource)) {
                extract(resource, file);
            }
            files.add(file);
        }
        return files;
    }

    private static void extract(Resource resource, Path file) throws IOException, Unavailable {
        var temporary = file.resolveSibling(resource.name() + "." + UUID.randomUUID() + ".tmp");
        try (var jar = jar(resource.url());
                InputStream in = jar.getInputStream(entry(jar, resource.url()))) {
            Files.copy(in, temporary);
            force(temporary);
            if (!isComplete(temporary, resource)) {
                throw new Unavailable(resource.url() + " is damaged");
            }
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException inUse) {
                // Some systems don't replace a library that another process has loaded meanwhile.
                if (!intact(file, resource)) {
                    throw inUse;
                }
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Has it written to the disk, so that a loss of power leaves no file whose pages never came there. */
    private static void force(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** To read a library as a whole takes longer than all else that a small network's first prediction needs: once is enough. */
    private static boolean intact(Path file, Resource resource) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        var checked = file.resolveSibling(resource.name() + ".checked");
        String now = resource.crc() + " " + Files.size(file) + " "
                + Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        if (Files.isRegularFile(checked) && Files.readString(checked).equals(now)) {
            return true;
        }
        if (!isComplete(file, resource)) {
            return false;
        }
        try {
            Files.writeString(checked, now);
        } catch (IOException readOnly) {
            // The next process checks again.
        }
        return true;
    }

    /** Not mapped: the pages would stay in the memory of the process. */
    private static boolean isComplete(Path file, Resource resource) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != resource.size()) {
                return false;
            }
            var crc = new CRC32();
            var piece = ByteBuffer.allocateDirect(PIECE);
            while (channel.read(piece) >= 0) {
                crc.update(piece.flip());
                piece.clear();
            }
            return crc.getValue() == resource.crc();
        }
    }

    /** The checksums of the contents. */
    private static String key(List<Resource> resources) {
        var text = new StringBuilder();
        for (var resource : resources) {
            text.append(text.isEmpty() ? "" : "-").append(Long.toHexString(resource.crc()));
        }
        return text.toString();
    }

    /** The user's cache folder; the system property {@code nnd.cache} overrides it. */
    private static Path cache() {
        String chosen = System.getProperty("nnd.cache");
        if (chosen != null) {
            return Path.of(chosen);
        }
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var home = Path.of(System.getProperty("user.home"));
        if (os.startsWith("windows")) {
            return folderOr("LOCALAPPDATA", home.resolve("AppData").resolve("Local"))
                    .resolve("nnd");
        }
        if (os.startsWith("mac")) {
            return home.resolve("Library").resolve("Caches").resolve("nnd");
        }
        return folderOr("XDG_CACHE_HOME", home.resolve(".cache")).resolve("nnd");
    }

    private static Path folderOr(String variable, Path otherwise) {
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? otherwise : Path.of(value);
    }
}
