package dev.nnd.compiler.lsp;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Optional;

/** The protocol's addresses of files. */
final class Uris {

    private Uris() {}

    /** The file of an address; empty for what is no file, such as a text that was never saved. */
    static Optional<Path> path(String uri) {
        try {
            var parsed = new URI(uri);
            return "file".equals(parsed.getScheme())
                    ? Optional.of(Path.of(parsed).toAbsolutePath().normalize())
                    : Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException notAFile) {
            return Optional.empty();
        }
    }

    static String of(Path file) {
        String uri = file.toAbsolutePath().normalize().toUri().toString();
        return uri.startsWith("file:///") ? uri : uri.replaceFirst("^file:/(?!/)", "file:///");
    }

    /** One spelling for one file: clients escape differently. */
    static String normal(String uri) {
        return path(uri).map(Uris::of).orElse(uri);
    }

    /** The name under which a text is reported. */
    static String name(String uri) {
        return path(uri).map(p -> p.toString().replace('\\', '/')).orElse(uri);
    }
}
