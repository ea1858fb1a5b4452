package dev.nnd.compiler.cli.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Copies of jars whose classes are {@linkplain QuickLinks quicker to link}; the launcher of {@code nnd} runs them. */
public final class QuickJars {

    /** Holds the hash of the jar that was copied, so that it need not be read as a whole at each start. */
    public static final String FINGERPRINT = "META-INF/nnd.fingerprint";

    private QuickJars() {}

    /** Arguments: the folder for the copies, then the jars. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        for (int i = 1; i < arguments.length; i++) {
            Path jar = Path.of(arguments[i]);
            copy(jar, folder.resolve(jar.getFileName()));
        }
    }

    /** Copies one jar. */
    static void copy(Path jar, Path into) throws IOException {
        try (var in = new JarFile(jar.toFile());
                var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(into)))) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] bytes = in.getInputStream(entry).readAllBytes();
                write(out, entry.getName(), entry.getName().endsWith(".class") ? QuickLinks.of(bytes) : bytes);
            }
            write(
                    out,
                    FINGERPRINT,
                    new ContentHash().add(Files.readAllBytes(jar)).hex().getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void write(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTime(0);
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }
}
