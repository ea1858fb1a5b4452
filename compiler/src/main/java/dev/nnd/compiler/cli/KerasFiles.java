package dev.nnd.compiler.cli;

import dev.nnd.compiler.hdf5.Hdf5File;
import dev.nnd.compiler.keras.KerasFile;
import dev.nnd.compiler.keras.KerasImport;
import dev.nnd.compiler.onnx.Imported;
import dev.nnd.compiler.onnx.OnnxImport;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A file of Keras: HDF5, or an archive with a config and an HDF5 file in it. Nothing is unpacked to the disk. */
record KerasFiles(Path file, boolean archive) {

    /** What lies in an archive may be so much larger than the archive. */
    private static final long GROWTH = 32;

    private static final long FREE = 64L << 20;

    private static final int LONGEST_CONFIG = 64 << 20;

    private static final int MAGIC = 8;

    /** Empty for a file of another format. */
    static Optional<KerasFiles> of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(MAGIC);
            if (Hdf5File.isOne(ByteBuffer.wrap(start))) {
                return Optional.of(new KerasFiles(file, false));
            }
            boolean zip = start.length > 3 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
            boolean named = file.toString().matches("(?i).*\\.(keras|h5|hdf5)");
            if (named && !zip) {
                throw new NndException(file + " is neither an HDF5 file nor a .keras archive.", null);
            }
            return zip ? Optional.of(new KerasFiles(file, true)) : Optional.empty();
        }
    }

    /** The model, or the weights alone if that is wanted or all that there is. */
    Imported imported(OnnxImport.Options options, boolean weightsOnly) throws IOException {
        if (archive) {
            KerasParts parts = parts();
            return weightsOnly ? KerasImport.weights(parts::file) : KerasImport.read(parts::file, options);
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        return weightsOnly
                ? KerasImport.weights(() -> KerasFile.h5(bytes))
                : KerasImport.readOrWeights(() -> KerasFile.h5(bytes), options);
    }

    private record KerasParts(String config, String metadata, byte[] weights) {
        KerasFile file() {
            return KerasFile.archive(config, metadata, ByteBuffer.wrap(weights));
        }
    }

    private KerasParts parts() throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            return new KerasParts(
                    text(zip, "config.json", true),
                    text(zip, "metadata.json", false),
                    entry(
                            zip,
                            "model.weights.h5",
                            Math.min(Files.size(file) * GROWTH + FREE, Integer.MAX_VALUE - 16L)));
        } catch (ZipException broken) {
            throw new NndException(
                    file + " is no .keras archive, or it is cut off: " + broken.getMessage() + ".", broken);
        }
    }

    private String text(ZipFile zip, String name, boolean needed) throws IOException {
        return zip.getEntry(name) == null && !needed
                ? ""
                : new String(entry(zip, name, LONGEST_CONFIG), StandardCharsets.UTF_8);
    }

    private byte[] entry(ZipFile zip, String name, long most) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new NndException(file + " has no " + name + " in it, so it is no .keras file.", null);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) most + 1);
            if (bytes.length > most) {
                throw new NndException(file + ": " + name + " in it is larger than a file of its size can have.", null);
            }
            return bytes;
        }
    }
}
