package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a generator: while it trains, in the report, and by {@code nnd draw}. */
class DrawCommandTest {

    /** The generator gives its noise as it is, shifted by what it learns of each class, which stays 0. */
    private static final String PROGRAM = """
            package drawing

            model Maker {
              input noise: f32[N, D]
              input kind:  i32[N]
              require D == 36
              param size:  f32[1] = ones()
              output image: f32[N, 1, 6, 6] = (noise * size -> reshape[N, 1, 6, 6]) + (kind -> Embedding(2, 1, init: zeros()) -> reshape[N, 1, 1, 1])
            }

            model Judge {
              input image: f32[N, 1, 6, 6]
              output real: f32[N] = image -> flatten -> Dense(1) -> squeeze[-1]
            }

            data Rows {
              source train = csv("rows.csv")
              field image: f32[1, 6, 6] = column("x") -> IMAGE
              field kind:  class["a", "b"] = column("kind")
            }

            train Pair(lr: float = 1e-3) {
              model maker = Maker()
              model judge = Judge()
              data  Rows
              let fake = maker(uniform[batch, 36](-1.0, 1.0), kind)
              minimize binary_cross_entropy(judge(image), 1.0) + binary_cross_entropy(judge(stop_gradient(fake)), 0.0)
                over judge using sgd(lr: lr)
              minimize mean(square(judge(fake))) over maker using sgd(lr: 1e-9)
              epochs 3
              batch  8
            }

            train Plain {
              model net = Judge()
              data  Rows
              minimize mean(square(net(image))) using sgd(lr: 0.01)
              epochs 1
              batch  8
            }
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nnd(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Nnd.run(Terminal.plain(new PrintWriter(out), new PrintWriter(err)), words);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(
                folder.resolve("pair.nnd"),
                PROGRAM.replace("csv(\"rows.csv\")", "jsonl(\"rows.jsonl\")").replace(" -> IMAGE", ""));
        var random = new Random(3);
        var rows = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            double[][][] x = new double[1][6][6];
            for (double[] row : x[0]) {
                Arrays.setAll(row, _ -> random.nextInt(100) / 100.0);
            }
            rows.append("{\"x\": %s, \"kind\": \"%s\"}\n".formatted(Arrays.deepToString(x), i % 2 == 0 ? "a" : "b"));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
    }

    private void train() {
        assertEquals(
                0,
                nnd("train", path("pair.nnd"), "Pair", "--data", folder.toString(), "--out", path("run")),
                err::toString);
    }

    @Test
    void trainingLeavesPicturesAndTheReportShowsThem() throws IOException {
        train();
        assertTrue(out.toString().contains(", pictures on the way in " + path("run/pictures")), out::toString);
        try (Stream<Path> drawn = Files.list(folder.resolve("run/pictures"))) {
            // The first and the last; the others if they are more than five seconds apart.
            var names = drawn.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
            assertTrue(names.containsAll(Set.of("step-3.png", "step-9.png")), names::toString);
        }
        assertTrue(Files.readString(folder.resolve("run/report.html")).contains("src=\"data:image/png;base64,iVBOR"));
    }

    @Test
    void trainsOnWhereNoPictureCanBeWritten() throws IOException {
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(folder.resolve("run/pictures"), "a file in the way");
        train();
        assertTrue(err.toString().contains("warning: no pictures are drawn at step 3: "), err::toString);
        assertFalse(out.toString().contains("pictures on the way"), out::toString);
    }

    @Test
    void drawsTheNoiseThatTheSectionAsksFor() throws IOException {
        train();
        String file = path("a.png");
        assertEquals(
                0,
                nnd("draw", path("pair.nnd"), "Pair", "--run", path("run"), "--count", "10", "--out", file),
                err::toString);
        assertEquals("10 pictures of maker, epoch 3: " + file + "\n", out.toString());
        BufferedImage grid = ImageIO.read(folder.resolve("a.png").toFile());
        int zoom = 64 / 6;
        assertEquals(4 * (6 * zoom + 2) + 2, grid.getWidth());
        assertEquals(3 * (6 * zoom + 2) + 2, grid.getHeight());
        int[] counts = new int[3];
        double sum = 0;
        for (int i = 0; i < 360; i++) {
            int picture = i / 36;
            int grey = grid.getRGB(
                            2 + picture % 4 * (6 * zoom + 2) + i % 6 * zoom,
                            2 + picture / 4 * (6 * zoom + 2) + i % 36 / 6 * zoom)
                    & 0xFF;
            counts[grey < 64 ? 0 : grey < 192 ? 1 : 2]++;
            sum += grey;
        }
        // Uniform from -1 to 1: a quarter, a half, a quarter.
        assertEquals(90, counts[0], 35);
        assertEquals(180, counts[1], 40);
        assertEquals(127.5, sum / 360, 12);

        byte[] first = Files.readAllBytes(folder.resolve("a.png"));
        nnd("draw", path("pair.nnd"), "Pair", "--run", path("run"), "--count", "10", "--out", file);
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("a.png")), "the same seed");
        nnd("draw", path("pair.nnd"), "Pair", "--run", path("run"), "--count", "10", "--out", file, "--seed", "1");
        assertFalse(Arrays.equals(first, Files.readAllBytes(folder.resolve("a.png"))), "another seed");
    }

    @Test
    void drawsManyPicturesAPartAtATime() throws IOException {
        train();
        for (String count : new String[] {"64", "100"}) {
            assertEquals(
                    0,
                    nnd(
                            "draw",
                            path("pair.nnd"),
                            "Pair",
                            "--run",
                            path("run"),
                            "--count",
                            count,
                            "--out",
                            path(count + ".png")),
                    err::toString);
        }
        int side = 6 * (64 / 6) + 2;
        BufferedImage few = ImageIO.read(folder.resolve("64.png").toFile());
        BufferedImage many = ImageIO.read(folder.resolve("100.png").toFile());
        assertEquals(10 * side + 2, many.getWidth());
        for (int i = 0; i < 64; i++) {
            for (int x = 0; x < side; x++) {
                assertEquals(
                        few.getRGB(2 + i % 8 * side + x, 9 + i / 8 * side),
                        many.getRGB(2 + i % 10 * side + x, 9 + i / 10 * side),
                        "picture " + i);
            }
        }
        // Those behind the first part are of other numbers.
        boolean other = false;
        for (int x = 0; x < side; x++) {
            other |= many.getRGB(2 + 64 % 10 * side + x, 9 + 64 / 10 * side) != many.getRGB(2 + x, 9);
        }
        assertTrue(other);
    }

    @Test
    void refusesAGridThatIsTooLarge() {
        PictureGrid.requireSize(10_000, 28, 28);
        assertEquals(0, PictureGrid.most(8_000, 8_000));
        assertEquals(10_000, PictureGrid.most(28, 28));
        int most = PictureGrid.most(256, 256);
        PictureGrid.requireSize(most, 256, 256);
        var e = assertThrows(NndException.class, () -> PictureGrid.requireSize(10_000, 256, 256));
        assertEquals("10,000 pictures of 256 x 256 would make a grid of more than 50,000,000 pixels.", e.getMessage());
        assertEquals(
                "ask for at most %d with --count %d".formatted(most, most),
                e.help().orElseThrow());
        assertThrows(NndException.class, () -> PictureGrid.requireSize(most + 1, 256, 256));
    }

    @Test
    void saysWhatIsWrong() {
        String program = path("pair.nnd");
        assertEquals(1, nnd("draw", program, "Plain", "--run", path("run")));
        assertTrue(
                err.toString()
                        .contains("No model of Plain draws pictures: none is fed with random numbers alone"
                                + " (`normal[batch, 100]`), or with these and a label,"),
                err::toString);
        assertEquals(1, nnd("draw", program, "Pair", "--run", path("none")));
        assertTrue(err.toString().contains("There is no trained model in " + path("none")), err::toString);
        assertEquals(1, nnd("draw", program, "Pair", "--count", "0"));
        assertTrue(err.toString().contains("--count is from 1 to 10,000, not 0."), err::toString);
        assertEquals(1, nnd("draw", program, "Pair", "--out", "a.jpg"));
        assertTrue(err.toString().contains("--out names a PNG file, and a.jpg does not end in .png."), err::toString);
    }

    @Test
    void greysByTheRangeOfTheNumbers() {
        assertArrayEquals(new int[] {0, 128, 255, 51}, greys(0, 0.5f, 1, 0.2f), "from 0 to 1, as of a sigmoid");
        assertArrayEquals(new int[] {102, 128, 153, 179}, greys(-0.2f, 0, 0.2f, 0.4f), "from -1 to 1, as of a tanh");
        assertArrayEquals(new int[] {0, 85, 170, 255}, greys(-3, -1, 1, 3), "from the smallest to the largest");
        assertArrayEquals(new int[] {0, 0, 51, 255}, greys(0, 0, 2, 10), "from 0 to the largest");
    }

    /** Four pixels of a picture, which are shown 32 times as large. */
    private static int[] greys(float... values) {
        BufferedImage grid = new PictureGrid(MemorySegment.ofArray(values), 1, 1, 2, 2).picture();
        int[] greys = new int[4];
        Arrays.setAll(greys, i -> grid.getRGB(2 + i % 2 * 32, 2 + i / 2 * 32) & 0xFF);
        return greys;
    }

    @Test
    void coloursLieBehindOneAnother() {
        var pixels = MemorySegment.ofArray(new float[] {1, 0, 0, 0, 0.2f, 0, 0, 0, 0, 0, 0, 0.6f});
        BufferedImage grid = new PictureGrid(pixels, 1, 3, 2, 2).picture();
        assertEquals(0xFF3300, grid.getRGB(2, 2) & 0xFFFFFF);
        assertEquals(0x000099, grid.getRGB(2 + 63, 2 + 63) & 0xFFFFFF);
        assertEquals(0xFFFFFF, grid.getRGB(0, 0) & 0xFFFFFF, "the border");
    }
}
