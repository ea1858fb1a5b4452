package dev.nnd.compiler.cli;

import dev.nnd.compiler.cli.output.ContentHash;
import dev.nnd.compiler.cli.output.QuickJars;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.IVersionProvider;

/** Which nnd this is. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"nnd " + number() + ", Java " + Runtime.version()};
    }

    static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("0.1.0-SNAPSHOT");
    }

    /** A hash that differs whenever the compiler does, also between builds of one version. */
    static String fingerprint() throws IOException {
        try (InputStream known = Version.class.getResourceAsStream("/" + QuickJars.FINGERPRINT)) {
            if (known != null) {
                return new String(known.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
        CodeSource source = Version.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return number();
        }
        try {
            Path place = Path.of(source.getLocation().toURI());
            return Files.isRegularFile(place) ? of(Stream.of(place)) : ofFolder(place);
        } catch (URISyntaxException e) {
            return number();
        }
    }

    private static String ofFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return of(files.filter(Files::isRegularFile).sorted());
        }
    }

    private static String of(Stream<Path> files) throws IOException {
        var hash = new ContentHash();
        for (Path file : files.toList()) {
            hash.add(Files.readAllBytes(file));
        }
        return hash.hex();
    }
}
