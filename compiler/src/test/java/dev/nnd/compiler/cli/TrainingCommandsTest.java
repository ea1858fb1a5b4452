package dev.nnd.compiler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.train.RunDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a text to a trained model and its answers, with the words that a user types. */
class TrainingCommandsTest {

    private static final String LINEAR = """
            package quickstart

            model Linear {
              input  x: f32[N, 1]
              output y: f32[N, 1] = x -> Dense(1)
            }

            data Squares {
              source train = csv("squares.csv")
              field x: f32[1] = column("x") -> standardize
              field y: f32[1] = column("y") -> standardize
            }

            train Fit(lr: float = 0.1) {
              model net = Linear()
              data  Squares
              minimize mse(net(x), y) using sgd(lr: lr)
              epochs 30
              batch  10
            }
            """;

    /** The same in other numbers, wide enough for them to be used. */
    private static final String NARROW = LINEAR.replace(
                    "Dense(1)", "Dense(32) -> relu -> Dense(32) -> relu -> Dense(1)")
            .replace("    batch  10", "    batch  10\n    precision bf16");

    private static final String DIGITS = """
            package vision

            model Net(classes: int = 3) {
              input  image:  f32[N, 1, 6, 6]
              output logits: f32[N, classes] = image -> Conv2d(4, kernel: 3) -> relu -> flatten -> Dense(classes)
            }

            data Squares {
              source train = idx(images: "images.gz", labels: "labels.gz")
              source test  = idx(images: "test_images.gz", labels: "test_labels.gz")
              split train into train 80%, validation 20%
              field image: f32[1, 6, 6] = images / 255
              field label: class["dark", "grey", "light"] = labels
            }

            train Shades {
              model net = Net()
              data  Squares
              minimize cross_entropy(net(image), label) using adam(lr: 3e-2)
              epochs 40
              batch  16
              metric accuracy(net(image), label)
              keep   best by validation.accuracy
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
        Files.writeString(folder.resolve("linear.nnd"), LINEAR);
        Files.writeString(folder.resolve("shades.nnd"), DIGITS);
        Files.writeString(folder.resolve("narrow.nnd"), NARROW);
        var rows = new StringBuilder("x,y\n");
        for (int i = 0; i < 100; i++) {
            rows.append(i).append(',').append(3 * i + 7).append('\n');
        }
        Files.writeString(folder.resolve("squares.csv"), rows);
        Files.writeString(folder.resolve("unlabelled.csv"), "x\n10\n200\n");
        writeIdx(120);
    }

    @Test
    void trainsOnAllFoldsButOne() throws IOException {
        Files.writeString(
                folder.resolve("folds.nnd"),
                LINEAR.replace("csv(\"squares.csv\")", "csv(\"squares.csv\")\n  split train into 3 folds")
                        .replace("epochs 30", "epochs 2"));
        String runs = path("runs");
        assertEquals(0, nnd("train", path("folds.nnd"), "--data", folder.toString(), "--out", runs), err::toString);
        assertTrue(out.toString().contains("fold 3 of 3\n"), out::toString);
        assertTrue(out.toString().contains("\nmean  "), out::toString);
        String table = Files.readString(Path.of(runs, "folds.csv"));
        assertEquals(4, table.lines().count(), table);
        assertTrue(table.startsWith("fold,validation.loss\n1,"), table);

        Files.delete(Path.of(runs, "folds.csv"));
        assertEquals(
                0,
                nnd("train", path("folds.nnd"), "--data", folder.toString(), "--out", runs, "--resume"),
                err::toString);
        assertFalse(out.toString().contains("fold 3 of 3"), "all were done");
        assertEquals(table, Files.readString(Path.of(runs, "folds.csv")));

        // What was left out is what is evaluated.
        for (int fold = 1; fold <= 3; fold++) {
            String run = Path.of(runs, "fold-" + fold).toString();
            assertEquals(
                    0,
                    nnd(
                            "eval",
                            path("folds.nnd"),
                            "--data",
                            folder.toString(),
                            "--run",
                            run,
                            "--split",
                            "validation",
                            "--json"),
                    err::toString);
            String loss = table.lines().skip(fold).findFirst().orElseThrow().split(",", -1)[1];
            assertTrue(out.toString().contains("\"validation.loss\":" + loss), () -> loss + " in " + out);
        }
        assertEquals(
                1, nnd("train", path("folds.nnd"), "--data", folder.toString(), "--fold", "4", "--out", path("x")));
        assertTrue(err.toString().contains("Squares has the folds 1 to 3, not 4."), err::toString);
    }

    @Test
    void trainsWithAModelOfAFileWhoseOwnSectionUsesAThirdFile() throws IOException {
        int data = LINEAR.indexOf("data Squares");
        int train = LINEAR.indexOf("train Fit");
        Files.writeString(folder.resolve("a.nnd"), "package a\n" + LINEAR.substring(data, train));
        Files.writeString(
                folder.resolve("b.nnd"),
                "package b\nimport a.Squares\n" + LINEAR.substring(LINEAR.indexOf("model"), data)
                        + LINEAR.substring(train));
        Files.writeString(
                folder.resolve("c.nnd"),
                "package c\nimport b.Linear\n"
                        + LINEAR.substring(data).replace("Squares", "Numbers").replace("epochs 30", "epochs 1"));
        assertEquals(
                0,
                nnd("train", path("c.nnd"), "--data", folder.toString(), "--out", path("run"), "--threads", "1"),
                err::toString);
        assertTrue(out.toString().contains("epoch 1/1  loss "), out::toString);
    }

    /** Images of one shade each, the label says which third of the scale it is from. */
    private void writeIdx(int count) throws IOException {
        var random = new Random(5);
        var images = ByteBuffer.allocate(16 + 36 * count)
                .putInt(0x803)
                .putInt(count)
                .putInt(6)
                .putInt(6);
        var labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = i % 3;
            labels.put((byte) label);
            for (int p = 0; p < 36; p++) {
                images.put((byte) (label * 100 + random.nextInt(40)));
            }
        }
        write("images.gz", images);
        write("labels.gz", labels);
        write("test_images.gz", images);
        write("test_labels.gz", labels);
    }

    private void write(String name, ByteBuffer bytes) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(bytes.array());
        }
    }

    @Test
    void compilesToFilesAndLeavesThemWhenNothingChanged() throws IOException {
        assertEquals(0, nnd("compile", path("linear.nnd"), "-d", path("java")), err::toString);
        assertTrue(Files.isRegularFile(folder.resolve("java/quickstart/Linear.java")));
        assertTrue(out.toString().contains(" written, 0 unchanged, 0 deleted"), out::toString);
        assertEquals(
                0, nnd("compile", path("linear.nnd"), "-d", path("java"), "--json", "--incremental"), err::toString);
        assertTrue(out.toString().contains("\"written\":0,"), out::toString);
        Files.writeString(folder.resolve("linear.nnd"), "model Linear {");
        assertEquals(1, nnd("compile", path("linear.nnd"), "-d", path("java")));
        assertTrue(Files.isRegularFile(folder.resolve("java/quickstart/Linear.java")));
    }

    @Test
    void writesVectorClassesForTheMavenPlugin() throws IOException {
        String[] words = {
            "compile",
            path("shades.nnd"),
            "-d",
            path("java"),
            "--vector-dir",
            path("vector"),
            "--vector-classes",
            path("classes"),
            "--json",
            "--incremental"
        };
        assertEquals(0, nnd(words), err::toString);
        assertTrue(Files.isRegularFile(folder.resolve("classes/vision/ShadesVectorKernels.class")));
        assertTrue(Files.isRegularFile(folder.resolve("vector/vision/ShadesVectorKernels.java")));
        assertFalse(Files.exists(folder.resolve("java/vision/ShadesVectorKernels.java")));
        Files.delete(folder.resolve("classes/vision/ShadesVectorKernels.class"));
        assertEquals(0, nnd(words), err::toString);
        assertTrue(Files.isRegularFile(folder.resolve("classes/vision/ShadesVectorKernels.class")));
    }

    @Test
    void trainsEvaluatesAndPredictsValues() {
        assertEquals(
                0,
                nnd("train", path("linear.nnd"), "--data", folder.toString(), "--out", path("run"), "--threads", "1"),
                err::toString);
        assertTrue(out.toString().contains("Fit: 2 parameters; examples: 100 train"), out::toString);
        assertTrue(out.toString().contains("epoch 30/30  loss "), out::toString);
        assertEquals(
                0,
                nnd("eval", path("linear.nnd"), "--data", folder.toString(), "--run", path("run"), "--split", "train"),
                err::toString);
        assertTrue(out.toString().startsWith("train: 100 examples"), out::toString);
        assertEquals(
                0,
                nnd("predict", path("linear.nnd"), "--run", path("run"), "--input", path("unlabelled.csv")),
                err::toString);
        String[] lines = out.toString().split("\n");
        assertEquals(2, lines.length);
        assertEquals(37, Double.parseDouble(lines[0].split(" +")[1]), 0.5);
        assertEquals(607, Double.parseDouble(lines[1].split(" +")[1]), 5);
    }

    /** Weights, and so the file, are f32 whatever products are computed in; the answers are as near as 8 bits allow. */
    @Test
    void trainsInBfloat16() {
        String[] words = {"train", path("narrow.nnd"), "--data", folder.toString(), "--threads", "1", "--out"};
        assertEquals(
                0,
                nnd(Stream.concat(Stream.of(words), Stream.of(path("narrow"))).toArray(String[]::new)),
                err::toString);
        assertFalse(err.toString().contains("warning"), err::toString);
        assertEquals(
                0,
                nnd("predict", path("narrow.nnd"), "--run", path("narrow"), "--input", path("unlabelled.csv")),
                err::toString);
        String[] lines = out.toString().split("\n");
        assertEquals(37, Double.parseDouble(lines[0].split(" +")[1]), 10);
        assertEquals(607, Double.parseDouble(lines[1].split(" +")[1]), 120);
    }

    @Test
    void trainsEvaluatesAndPredictsLabels() throws IOException {
        assertEquals(
                0,
                nnd(
                        "train",
                        path("shades.nnd"),
                        "Shades",
                        "--data",
                        folder.toString(),
                        "--out",
                        path("run"),
                        "--seed",
                        "3"),
                err::toString);
        assertEquals(0, nnd("eval", path("shades.nnd"), "--data", folder.toString(), "--run", path("run"), "--json"));
        assertTrue(out.toString().contains("\"test.accuracy\":1.0"), out::toString);
        assertEquals(
                0,
                nnd("predict", path("shades.nnd"), "--run", path("run"), "--input", path("images.gz"), "--rows", "2-4"),
                err::toString);
        String[] lines = out.toString().split("\n");
        assertEquals(3, lines.length);
        assertTrue(lines[0].startsWith("2  grey  "), lines[0]);
        assertTrue(lines[1].startsWith("3  light  "), lines[1]);
        assertTrue(lines[2].startsWith("4  dark  "), lines[2]);
        String[] predict = {"predict", path("shades.nnd"), "--run", path("run"), "--input"};
        assertEquals(1, nnd(with(predict, path("images.gz"), "--rows", "999")));
        predictsPictures(predict);
        namesNoClassOfWeightsThatAreNoNumbers(predict);
    }

    /** As a training leaves them that diverged. */
    private void namesNoClassOfWeightsThatAreNoNumbers(String[] predict) throws IOException {
        Path weights = RunDirectory.open(Path.of(path("run"))).weights();
        var bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = Math.toIntExact(Long.BYTES + bytes.getLong(0)); at < bytes.limit(); at += Float.BYTES) {
            bytes.putFloat(at, Float.NaN);
        }
        Files.write(weights, bytes.array());
        assertEquals(0, nnd(with(predict, path("images.gz"), "--rows", "2")), err::toString);
        assertEquals("2  none: what the model gives is no number\n", out.toString());
        assertEquals(0, nnd(with(predict, path("images.gz"), "--rows", "2", "--json")), err::toString);
        assertEquals("{\"kind\":\"prediction\",\"row\":2,\"label\":null,\"probability\":null}\n", out.toString());
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    /** A bad file of several is named, the others have their lines. */
    private void predictsSeveral(String[] predict) {
        String light = path("light.png");
        assertEquals(
                1,
                nnd(with(predict, light, path("cut.png"), path("none.png"), folder.toString(), light)),
                err::toString);
        var lines = out.toString().lines().toList();
        assertEquals(2, lines.size(), out::toString);
        assertTrue(lines.getFirst().startsWith(light + "  1  light  "), out::toString);
        assertEquals(lines.getFirst(), lines.getLast());
        var errors = err.toString().lines().filter(l -> l.startsWith("error: ")).toList();
        assertEquals(3, errors.size(), err::toString);
        assertTrue(errors.getFirst().contains("cut.png is damaged and can't be decoded"), err::toString);
        assertTrue(errors.get(1).contains("There is no file " + path("none.png")), err::toString);
        assertTrue(errors.getLast().contains(" is a folder."), err::toString);
        assertEquals(0, nnd(with(predict, light, light, "--json")), err::toString);
        assertTrue(
                out.toString()
                        .startsWith("{\"kind\":\"prediction\",\"file\":" + JsonProgress.text(light)
                                + ",\"row\":1,\"label\":\"light\""),
                out::toString);
        assertEquals("", err.toString());
    }

    /** A picture is one example, of another size and in colours too. */
    private void predictsPictures(String[] predict) throws IOException {
        var colours = new BufferedImage(12, 12, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 144; i++) {
            colours.setRGB(i % 12, i / 12, 0xE0DCD8);
        }
        ImageIO.write(colours, "png", folder.resolve("light.png").toFile());
        assertEquals(0, nnd(with(predict, path("light.png"))), err::toString);
        assertTrue(out.toString().startsWith("1  light  "), out::toString);
        assertEquals(0, nnd(with(predict, path("light.png"), "--json")), err::toString);
        assertTrue(out.toString().startsWith("{\"kind\":\"prediction\",\"row\":1,\"label\":\"light\""), out::toString);

        assertEquals(1, nnd(with(predict, path("light.png"), "--rows", "2-3")));
        assertTrue(err.toString().contains("light.png has 1 row; row 2 is not among them."), err::toString);
        assertEquals(1, nnd(with(predict, folder.toString())));
        assertTrue(err.toString().contains(folder + " is a folder."), err::toString);
        byte[] whole = Files.readAllBytes(folder.resolve("light.png"));
        Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, 50));
        assertEquals(1, nnd(with(predict, path("cut.png"))));
        assertTrue(err.toString().contains("cut.png is damaged and can't be decoded"), err::toString);
        Files.writeString(folder.resolve("text.png"), "hello");
        assertEquals(1, nnd(with(predict, path("text.png"))));
        assertTrue(err.toString().contains("text.png is no picture that is read"), err::toString);
        predictsSeveral(predict);
    }

    @Test
    void theSameSeedGivesTheSameWeights() throws IOException {
        for (String run : new String[] {"a", "b"}) {
            assertEquals(
                    0,
                    nnd(
                            "train",
                            path("shades.nnd"),
                            "--data",
                            folder.toString(),
                            "--out",
                            path(run),
                            "--set",
                            "epochs=2",
                            "--set",
                            "seed=11",
                            "--threads",
                            "1"),
                    err::toString);
        }
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("a/last/weights.safetensors"), folder.resolve("b/last/weights.safetensors")));
    }

    @Test
    void saysWhatIsWrongWithoutAStackTrace() {
        assertEquals(1, nnd("train", path("linear.nnd"), "--data", path("nowhere"), "--out", path("run")));
        assertTrue(err.toString().contains("squares.csv"), err::toString);
        assertEquals(1, nnd("train", path("linear.nnd"), "Ft"));
        assertTrue(err.toString().contains("help: did you mean `Fit`?"), err::toString);
        assertEquals(1, nnd("train", path("linear.nnd"), "--set", "rl=1"));
        assertTrue(err.toString().contains("help: did you mean `lr`?"), err::toString);
        assertEquals(1, nnd("eval", path("linear.nnd"), "--run", path("none")));
        assertEquals(1, nnd("predict", path("linear.nnd"), "--run", path("none"), "--input", path("squares.csv")));
        assertTrue(err.toString().contains("There is no trained model in"), err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
    }
}
