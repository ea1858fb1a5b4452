package dev.nnd.compiler.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that h5py wrote; {@code make.py} beside them made them. */
class Hdf5FileTest {

    private static final Path FOLDER = Path.of("src/test/resources/hdf5");

    private static Group root(String name) throws IOException {
        return Hdf5File.of(ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve(name + ".h5"))))
                .root();
    }

    private static void holds(Group group, String name) {
        Dataset data = group.dataset(name).orElseThrow();
        assertEquals(List.of(5L, 12L), data.dims());
        ByteBuffer floats = data.floats().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 60; i++) {
            assertEquals((i - 30) / 4f, floats.getFloat(4 * i), name + " at " + i);
        }
    }

    private static float number(Group group, String name, int at) {
        return group.datasetAt(name)
                .orElseThrow()
                .floats()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getFloat(4 * at);
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "tracked"})
    void readsArraysInAllTheirForms(String file) throws IOException {
        Group in = root(file).group("in").orElseThrow();
        for (String name : List.of("contiguous", "chunked", "packed", "big", "half", "double")) {
            holds(in, name);
        }
        assertEquals(-3, number(in, "short", 0));
        assertEquals(8, number(in, "short", 11));
        assertEquals(255, number(in, "unsigned", 5));
        assertEquals(2.5f, number(in, "scalar", 0));
        assertEquals(List.of(), in.dataset("scalar").orElseThrow().dims());
        assertEquals(0, number(in, "unwritten", 3));
        assertEquals(1, number(in, "truth", 0));
        assertTrue(in.dataset("short").orElseThrow().isInteger());
        assertEquals(Optional.of(List.of("ab", "c")), in.texts("fixed"));
        assertTrue(assertThrows(Hdf5Problem.class, () -> in.texts("number"))
                .message()
                .contains("the attribute `number` of `/in/` is no text"));
    }

    @ParameterizedTest
    @CsvSource({"early, 100", "tracked, 100", "latest, 600"})
    void readsGroupsOfManyAndTexts(String file, int count) throws IOException {
        Group root = root(file);
        Group many = root.groupAt("many/of").orElseThrow();
        assertEquals(count, many.names().size());
        for (int i = 0; i < count; i++) {
            assertEquals(i, number(root, "many/of/n" + i, 0));
        }
        Group in = root.group("in").orElseThrow();
        assertEquals(Optional.of("a text"), in.text("one"));
        assertEquals(Optional.of(List.of("first", "second", "third and longer")), in.texts("several"));
        assertEquals(Optional.empty(), in.texts("none"));
        assertEquals(Optional.empty(), in.group("contiguous"));
        assertEquals(Optional.empty(), in.dataset("nothing"));
    }

    @Test
    void readsWhatTheLatestFormHasInOnePiece() throws IOException {
        Group in = root("latest").group("in").orElseThrow();
        for (String name : List.of("contiguous", "chunked", "packed")) {
            holds(in, name);
        }
        assertEquals(Optional.of("text 17"), in.text("more17"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        outside | it lies in another file
        lzf | compressed with filter 32000
        huge | of sizes [40000, 40000]
        large | more than 32 times as large as the file
        compound | of a type that is not read
        bomb | more than 32 times as large as the file
        """)
    void refusesArrays(String name, String sentence) throws IOException {
        Group root = root("links");
        Hdf5Problem problem = assertThrows(
                Hdf5Problem.class, () -> root.dataset(name).orElseThrow().floats());
        assertTrue(problem.message().contains(sentence), problem::message);
    }

    @Test
    void followsNoLinksAndEndsInCycles() throws IOException {
        Group root = root("links");
        assertTrue(assertThrows(Hdf5Problem.class, () -> root.group("soft"))
                .message()
                .contains("`/soft/link` is a soft link"));
        assertTrue(assertThrows(Hdf5Problem.class, () -> root.group("external"))
                .message()
                .contains("and only what lies in the file itself is read"));
        assertTrue(root.groupAt("hard/self/self/self").isPresent());
        String deep = "hard" + "/self".repeat(100_000);
        assertTrue(assertThrows(Hdf5Problem.class, () -> root.groupAt(deep))
                .message()
                .contains("nested more than 64 deep"));
    }

    /** {@code -Dnnd.fuzz=N} tries N, {@code -Dnnd.seed=N} the same again. */
    @Test
    void damagedFilesGiveNumbersOrOneSentence() throws IOException {
        long seed = Seed.fresh();
        var random = new Random(seed);
        int turns = Integer.getInteger("nnd.fuzz", 300);
        int told = 0;
        for (int turn = 0; turn < turns; turn++) {
            String name = List.of("early", "tracked", "latest", "links").get(random.nextInt(4));
            byte[] bytes = Files.readAllBytes(FOLDER.resolve(name + ".h5"));
            for (int i = 0; i < 20; i++) {
                int at = random.nextInt(bytes.length);
                if (bytes[at] != 0) {
                    bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
                }
            }
            try {
                readAll(Hdf5File.of(ByteBuffer.wrap(bytes)).root(), 0);
            } catch (Hdf5Problem problem) {
                told++;
                assertFalse(problem.message().contains("\n"), problem::message);
            } catch (RuntimeException | Error bug) {
                throw new AssertionError("seed " + seed + ", turn " + turn + ", " + name + ": " + bug, bug);
            }
        }
        assertTrue(told > turns / 10, "seed " + seed + ": hardly any was refused");
    }

    private static void readAll(Group group, int depth) {
        for (String name : group.names()) {
            boolean refused = List.of("huge", "large", "bomb", "outside", "lzf", "compound", "soft", "external", "self")
                    .contains(name);
            if (!refused && depth < 8) {
                group.dataset(name).ifPresent(Dataset::floats);
                group.group(name).ifPresent(g -> readAll(g, depth + 1));
            }
        }
        group.texts("one");
        group.texts("several");
    }

    @Test
    void refusesWhatIsNoFile() {
        for (String text : List.of("", "x", "\u0089HDF", "some text that is long enough to be read")) {
            byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            assertEquals(
                    "it is no HDF5 file",
                    assertThrows(Hdf5Problem.class, () -> Hdf5File.of(ByteBuffer.wrap(bytes)))
                            .message());
        }
    }
}
