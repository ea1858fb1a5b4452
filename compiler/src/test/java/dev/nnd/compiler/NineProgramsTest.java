package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.train.ProgressListener;
import dev.nnd.runtime.train.Trainer;
import dev.nnd.runtime.train.TrainingFactory;
import dev.nnd.runtime.train.TrainingOptions;
import dev.nnd.runtime.train.TrainingProgram;
import dev.nnd.runtime.train.TrainingRun;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of {@code examples/programs} on made data: each trains some steps, is saved, loaded, and goes on. Numbers in
 * the texts are made smaller where the networks are large; all else is as in the files.
 */
class NineProgramsTest {

    private static final Path PROGRAMS = Path.of("../examples/programs");
    private static final int STEPS = 3;

    @TempDir
    Path folder;

    private final Random random = new Random(5);

    /** One program: its file, those that it imports, and what is made smaller in any of them. */
    private ClassLoader compile(List<String> names, String... smaller) throws Exception {
        var sources = new ArrayList<SourceFile>();
        for (String name : names) {
            String text = Files.readString(PROGRAMS.resolve(name + ".nnd"));
            for (int i = 0; i < smaller.length; i += 2) {
                text = text.replace(smaller[i], smaller[i + 1]);
            }
            sources.add(new SourceFile(name + ".nnd", text));
        }
        CompileResult result = new Compiler().compile(new CompilerRun(sources, List.of()));
        assertTrue(
                result.diagnostics().stream().noneMatch(d -> d.severity() == Severity.ERROR),
                () -> result.diagnostics().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString());
        return InMemoryJava.compile(
                        result.files(), System.getProperty("java.class.path"), "-Xlint:all,-incubating", "-Werror")
                .loader(NineProgramsTest.class.getClassLoader());
    }

    private TrainingRun train(ClassLoader classes, String section, int batch, long steps, boolean resume)
            throws Exception {
        var factory = (TrainingFactory)
                classes.loadClass(section + "Factory").getConstructor().newInstance();
        TrainingOptions options = TrainingOptions.of(folder)
                .withOut(folder.resolve("run"))
                .withBatch(batch)
                .withSteps(steps)
                .withResume(resume);
        try (TrainingProgram program = factory.create(1, Map.of())) {
            return Trainer.train(program, options, ProgressListener.NONE);
        }
    }

    /** Trains some steps, then goes on; the losses are finite or training would have ended with an error. */
    private void trains(ClassLoader classes, String section, int batch) throws Exception {
        TrainingRun first = train(classes, section, batch, STEPS, false);
        assertEquals(STEPS, first.epochs().getLast().step());
        TrainingRun more = train(classes, section, batch, STEPS + 2, true);
        assertEquals(STEPS + 2, more.epochs().getLast().step());
        assertNotNull(more.epochs().getLast().metrics().get("train.loss"));
    }

    private void gzip(String name, byte[] bytes) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        Files.write(folder.resolve(name), out.toByteArray());
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void cifar() throws Exception {
        for (String name : List.of("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin")) {
            var bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 6; i++) {
                bytes.write(random.nextInt(10));
                bytes.writeBytes(noise(3 * 32 * 32));
            }
            Files.write(folder.resolve(name), bytes.toByteArray());
        }
    }

    private void idx(String name, int[] dims, byte[] values) throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 8, (byte) dims.length});
        for (int dim : dims) {
            bytes.writeBytes(new byte[] {0, 0, (byte) (dim >> 8), (byte) dim});
        }
        bytes.writeBytes(values);
        gzip(name, bytes.toByteArray());
    }

    private void mnist() throws Exception {
        for (String part : List.of("train", "t10k")) {
            byte[] labels = new byte[20];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) random.nextInt(10);
            }
            idx(part + "-images-idx3-ubyte.gz", new int[] {20, 28, 28}, noise(20 * 28 * 28));
            idx(part + "-labels-idx1-ubyte.gz", new int[] {20}, labels);
        }
    }

    private void reviews() throws Exception {
        List<String> words = List.of("a", "fine", "dull", "film", "with", "good", "bad", "acting", "plot", "music");
        for (String name : List.of("imdb_train_12000.tsv.gz", "imdb_test_4000.tsv.gz")) {
            var text = new StringBuilder("label\ttext\n");
            for (int i = 0; i < 20; i++) {
                text.append(i % 2 == 0 ? "negative" : "positive").append('\t');
                for (int w = 0; w < 12; w++) {
                    text.append(words.get(random.nextInt(words.size()))).append(' ');
                }
                text.append('\n');
            }
            gzip(name, text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** Weights of a model as it starts, saved as those of a run. */
    private void saved(ClassLoader classes, String model, String file) throws Exception {
        Class<?> type = classes.loadClass(model);
        try (var net = (AutoCloseable) type.getMethod("initialize", long.class).invoke(null, 1L)) {
            type.getMethod("save", Path.class).invoke(net, folder.resolve(file));
        }
    }

    @Test
    void gpt() throws Exception {
        var text = new StringBuilder("abcdefghijklmnop ");
        for (int i = 0; i < 3000; i++) {
            text.append((char) ('a' + random.nextInt(16)));
        }
        Files.writeString(folder.resolve("input.txt"), text);
        ClassLoader classes = compile(
                List.of("gpt"),
                "context: int = 256, width: int = 384, depth: int = 6, heads: int = 6",
                "context: int = 32, width: int = 24, depth: int = 2, heads: int = 3",
                "[256]",
                "[32]",
                "length: 256",
                "length: 32",
                "100 steps",
                "1 steps");
        trains(classes, "text.gpt.NanoGpt", 4);
        Class<?> type = classes.loadClass("text.gpt.Gpt");
        try (var net = (AutoCloseable)
                type.getMethod("load", Path.class).invoke(null, folder.resolve("run/best/weights.safetensors"))) {
            // 16 letters, the blank, and what is not among them.
            assertEquals(18, type.getMethod("shakespeareTokensVocab").invoke(net));
            var logits =
                    (float[]) type.getMethod("predict", int[].class).invoke(net, (Object) new int[] {1, 2, 3, 4, 5});
            assertEquals(5 * 18, logits.length);
        }
    }

    @Test
    void cifarResnet() throws Exception {
        cifar();
        trains(
                compile(List.of("cifar_resnet"), "64", "8", "128", "16", "256", "16", "512", "16", "2 epochs", "10%"),
                "vision.cifar.CifarResNet18",
                4);
    }

    @Test
    void distill() throws Exception {
        cifar();
        ClassLoader classes =
                compile(List.of("distill", "cifar_resnet"), "64", "8", "128", "16", "256", "16", "512", "16");
        saved(classes, "vision.cifar.ResNet18", "resnet18.safetensors");
        byte[] teacher = Files.readAllBytes(folder.resolve("resnet18.safetensors"));
        trains(classes, "vision.distill.Distill", 4);
        assertArrayEquals(teacher, Files.readAllBytes(folder.resolve("resnet18.safetensors")));
    }

    @Test
    void bert() throws Exception {
        reviews();
        Files.writeString(
                folder.resolve("vocab.txt"),
                "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfine\ndull\nfilm\nwith\ngood\nbad\nact\n##ing\nplot\nmus\n##ic\n");
        String[] smaller = {
            "vocab: int = 30_522, width: int = 768, depth: int = 12, heads: int = 12, context: int = 512",
            "vocab: int = 17, width: int = 16, depth: int = 2, heads: int = 4, context: int = 16",
            "[512]",
            "[16]",
            "length: 512",
            "length: 16"
        };
        ClassLoader classes = compile(List.of("bert", "imdb_lstm"), smaller);
        saved(classes, "text.bert.BertClassifier", "bert-base-uncased.safetensors");
        trains(classes, "text.bert.FineTune", 4);
    }

    @Test
    void imdbLstm() throws Exception {
        reviews();
        trains(
                compile(List.of("imdb_lstm"), "10_000", "100", "[200]", "[16]", "length: 200", "length: 16"),
                "text.imdb.SentimentTraining",
                4);
    }

    @Test
    void dcgan() throws Exception {
        mnist();
        trains(compile(List.of("dcgan", "mnist_cnn")), "vision.gan.Dcgan", 4);
    }

    @Test
    void mnistCnn() throws Exception {
        mnist();
        trains(compile(List.of("mnist_cnn")), "vision.mnist.MnistTraining", 4);
    }

    @Test
    void titanic() throws Exception {
        var rows = new StringBuilder("pclass,sex,age,fare,survived\n");
        for (int i = 0; i < 40; i++) {
            rows.append(1 + i % 3)
                    .append(',')
                    .append(i % 2 == 0 ? "female" : "male")
                    .append(',');
            rows.append(i % 5 == 0 ? "" : "" + (20 + i))
                    .append(',')
                    .append(10 + i)
                    .append(',');
            rows.append(random.nextInt(2)).append('\n');
        }
        Files.writeString(folder.resolve("titanic.csv"), rows);
        trains(compile(List.of("titanic")), "tabular.titanic.TitanicTraining", 8);
    }

    @Test
    void linear() throws Exception {
        var rows = new StringBuilder("x,y\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i).append(',').append(3 * i + 1).append('\n');
        }
        Files.writeString(folder.resolve("squares.csv"), rows);
        ClassLoader classes = compile(List.of("linear"));
        trains(classes, "quickstart.FitLinear", 8);
        TrainingRun longer = train(classes, "quickstart.FitLinear", 8, 500, false);
        Double loss = longer.epochs().getLast().metrics().get("train.loss");
        assertTrue(loss != null && loss < 1e-2, () -> "the loss is " + loss);
    }
}
