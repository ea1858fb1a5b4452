package dev.nnd.grammar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The programs that tests parse: this module's own, and the design's where they are at hand. */
final class Programs {

    private Programs() {}

    static List<SourceFile> all() {
        return Stream.of("src/test/resources/programs", "../../shared/design/programs", "../shared/design/programs")
                .map(Path::of)
                .filter(Files::isDirectory)
                .flatMap(folder -> in(folder).stream())
                .toList();
    }

    private static List<SourceFile> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".nnd"))
                    .sorted()
                    .map(Programs::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SourceFile read(Path file) {
        try {
            return new SourceFile(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
