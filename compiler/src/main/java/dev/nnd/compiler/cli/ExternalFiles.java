package dev.nnd.compiler.cli;

import dev.nnd.compiler.onnx.ExternalData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files beside a model that hold its large tensors: in the model's folder or below it, and nowhere else. */
record ExternalFiles(Path folder) implements ExternalData {

    @Override
    public ByteBuffer read(String location, long offset, long length) {
        Path file = inside(location);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (length > Integer.MAX_VALUE || offset > channel.size() || length > channel.size() - offset) {
                throw ExternalData.refused("its external data needs " + length + " bytes at " + offset + " of "
                        + location + ", which has " + channel.size());
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
        } catch (IOException failed) {
            throw ExternalData.refused("its external data cannot be read: " + failed.getMessage());
        }
    }

    private Path inside(String location) {
        try {
            Path file = folder.resolve(location).normalize();
            if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder.normalize())) {
                throw ExternalData.refused("its external data lies outside the model's folder: " + location);
            }
            if (!Files.isRegularFile(file)) {
                throw ExternalData.refused("its external data is missing: there is no file " + location);
            }
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw ExternalData.refused("its external data lies outside the model's folder: " + location);
            }
            return file;
        } catch (InvalidPathException | IOException broken) {
            throw ExternalData.refused("its external data has a place that cannot be read");
        }
    }
}
