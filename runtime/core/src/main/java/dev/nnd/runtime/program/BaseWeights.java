package dev.nnd.runtime.program;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Safetensors;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of weights that adapters belong to, as a file of adapters notes it: where it was, what it held, and how its names
 * become the model's. What adapters add to a weight is {@code alpha / rank} times the product of their two matrices.
 *
 * @param file where it is, as the user has written it, so that the notes don't depend on the machine
 * @param sha256 of its bytes
 * @param mapping pairs of a pattern of its names and what they are in the model
 * @param unused names in the model's terms that the file has and the model does not
 */
record BaseWeights(Path file, String sha256, double alpha, List<Renamed> mapping, Set<String> unused) {

    private static final String FILE = "nnd.base";
    private static final String HASH = "nnd.base.sha256";
    private static final String MAPPING = "nnd.base.mapping";
    private static final String UNUSED = "nnd.base.unused";
    private static final String ALPHA = "nnd.lora.alpha";
    private static final int PIECE = 1 << 20;
    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_NUMBER = 40;
    private static final int FOLDERS = 4;

    /** A pattern of names in the file, and what they are here. */
    record Renamed(String file, String here) {}

    BaseWeights {
        mapping = List.copyOf(mapping);
        unused = new LinkedHashSet<>(unused);
    }

    /** True for a file of adapters, whose weights are only whole with those of another file. */
    static boolean isNotedIn(Safetensors file) {
        return file.metadata().containsKey(HASH);
    }

    /** What a file of adapters notes; the file itself is looked for where it was and around the adapters. */
    static BaseWeights notedIn(Safetensors adapters, @Nullable Path given) {
        var noted = adapters.metadata();
        String hash = noted.getOrDefault(HASH, "");
        double alpha = alphaOf(adapters);
        Path file = given == null
                ? find(adapters.file(), pathIn(adapters), hash)
                : requireHash(given, hash, adapters.file());
        var mapping = new ArrayList<Renamed>();
        noted.getOrDefault(MAPPING, "").lines().forEach(line -> {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                mapping.add(new Renamed(line.substring(0, tab), line.substring(tab + 1)));
            }
        });
        Set<String> unused = new LinkedHashSet<>();
        noted.getOrDefault(UNUSED, "").lines().forEach(unused::add);
        return new BaseWeights(file, hash, alpha, mapping, unused);
    }

    /** The strength that a file of adapters notes. */
    static double alphaOf(Safetensors adapters) {
        String alpha = adapters.metadata().getOrDefault(ALPHA, "");
        boolean number =
                alpha.length() <= LONGEST_NUMBER && alpha.matches("[0-9]{1,15}([.][0-9]{1,20})?(E-?[0-9]{1,3})?");
        if (!number
                || !Double.isFinite(Double.parseDouble(alpha))
                || !adapters.metadata().getOrDefault(HASH, "").matches("[0-9a-f]{64}")) {
            throw new NndException(
                    adapters.file()
                            + " is no file of adapters: it does not note their alpha and the weights below them.",
                    "give a file adapters.safetensors that `nnd train` has written",
                    null);
        }
        return Double.parseDouble(alpha);
    }

    /** Where the weights were, as the file says; it is only looked at, and what is there is read if it has their hash. */
    private static Path pathIn(Safetensors adapters) {
        String text = adapters.metadata().getOrDefault(FILE, "");
        boolean printable = text.chars().noneMatch(Character::isISOControl);
        try {
            if (printable && !text.isBlank() && text.length() <= LONGEST_PATH) {
                return Path.of(text);
            }
        } catch (InvalidPathException _) {
            // Said below, as any other text that is no path.
        }
        throw new NndException(
                adapters.file() + " does not say which file holds the weights below its adapters: "
                        + (text.isBlank() ? "the note " + FILE + " is missing" : "its note " + FILE + " is no path")
                        + ".",
                "name that file yourself: `nnd lora merge " + adapters.file() + " --base FILE --out MERGED`",
                null);
    }

    private static Path find(Path adapters, Path noted, String hash) {
        Path other = null;
        for (Path place : places(adapters, noted)) {
            if (Files.isRegularFile(place)) {
                if (sha256(place).equals(hash)) {
                    return place;
                }
                other = other == null ? place : other;
            }
        }
        if (other != null) {
            return requireHash(other, hash, adapters);
        }
        throw new NndException(
                adapters + " holds adapters only, and the weights below them, " + noted + ", are not there.",
                "put " + noted.getFileName() + " beside " + adapters,
                null);
    }

    /**
     * Where it was, seen from the working directory; then that and the mere name seen from the folder of the adapters, from the run
     * directory and from those above.
     */
    private static Set<Path> places(Path adapters, Path noted) {
        var places = new LinkedHashSet<Path>();
        places.add(noted);
        Path name = noted.getFileName();
        Path folder = adapters.toAbsolutePath().normalize().getParent();
        for (int up = 0; name != null && folder != null && up < FOLDERS; up++) {
            places.add(folder.resolve(name));
            places.add(folder.resolve(noted).normalize());
            folder = folder.getParent();
        }
        if (name != null) {
            places.add(name.toAbsolutePath());
        }
        return places;
    }

    /** The file, which has this hash. */
    private static Path requireHash(Path file, String hash, Path adapters) {
        if (!Files.isRegularFile(file)) {
            throw new NndException("There is no file " + file + ".");
        }
        String found = sha256(file);
        if (found.equals(hash)) {
            return file;
        }
        throw new NndException(
                file + " is not the file of weights that " + adapters + " was trained on: its SHA-256 is "
                        + shown(found) + ", and that of the other was " + shown(hash) + ".",
                "use the file that the adapters were trained on; adapters fit no other weights",
                null);
    }

    private static String shown(String hash) {
        return hash.substring(0, 12) + "...";
    }

    /** Refuses adapters of other weights or of another strength than these. */
    void requireSame(BaseWeights saved, Path adapters) {
        if (!saved.sha256.equals(sha256) || saved.alpha != alpha) {
            throw new NndException(
                    adapters + " holds adapters of "
                            + (saved.sha256.equals(sha256)
                                    ? "the strength alpha " + saved.alpha + ", and now it is " + alpha
                                    : "other weights (" + saved.file + ", SHA-256 " + shown(saved.sha256)
                                            + ") than those of " + file + " (" + shown(sha256) + ")")
                            + ".",
                    "go on with what the adapters were trained with, or train anew into another folder with --out DIR",
                    null);
        }
    }

    /** The file's names in the model's terms. */
    WeightMapping names() {
        return names(mapping);
    }

    /** A mapping of its parts. */
    static WeightMapping names(List<Renamed> mapping) {
        var names = new WeightMapping();
        mapping.forEach(m -> names.add(m.file(), m.here()));
        return names;
    }

    /** Notes all this in a file of adapters. */
    void noteIn(SafetensorsWriter writer) {
        writer.metadata(FILE, file.toString().replace(File.separatorChar, '/'))
                .metadata(HASH, sha256)
                .metadata(ALPHA, Double.toString(alpha));
        if (!mapping.isEmpty()) {
            writer.metadata(
                    MAPPING,
                    String.join(
                            "\n",
                            mapping.stream()
                                    .map(m -> m.file() + "\t" + m.here())
                                    .toList()));
        }
        if (!unused.isEmpty()) {
            writer.metadata(UNUSED, String.join("\n", unused));
        }
    }

    /** The SHA-256 of a file's bytes, in hexadecimal digits. */
    static String sha256(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var piece = ByteBuffer.allocate(PIECE);
            while (channel.read(piece) >= 0) {
                digest.update(piece.flip());
                piece.clear();
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException failed) {
            throw new NndException(file + " can't be read: " + failed.getMessage() + ".", failed);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
