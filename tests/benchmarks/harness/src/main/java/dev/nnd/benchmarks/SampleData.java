package dev.nnd.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Data as the train sections' data sections ask for, of random numbers and words: {@code nnd profile} trains on it. */
final class SampleData {

    private static final int ROWS = 160;

    private SampleData() {}

    /** Writes a folder of data for a network, unless it is there. */
    static Path write(Network network, Path under) throws IOException {
        Path folder = under.resolve("data-" + network.file());
        if (!Files.exists(folder)) {
            Path made = Files.createDirectories(under.resolve(folder.getFileName() + ".part"));
            var random = new Random(1);
            switch (network) {
                case MNIST -> pictures(made.resolve("images.gz"), made.resolve("labels.gz"), random, 10, 28, 28);
                case CATS ->
                    pictures(made.resolve("photographs.gz"), made.resolve("labels.gz"), random, 2, 3, 150, 150);
                case LENET -> rows(made.resolve("pictures.bin"), random);
                case SENTIMENT -> texts(made.resolve("reviews.csv"), random, 100, "negative", "positive");
                case BERT_MINI -> texts(made.resolve("sentences.csv"), random, 128, "no", "yes");
                case MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException(network + " is not trained");
            }
            Files.move(made, folder);
        }
        return folder;
    }

    private static void pictures(Path images, Path labels, Random random, int classes, int... dims) throws IOException {
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        try (var out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(images)))) {
            out.writeInt(0x0800 + dims.length + 1);
            out.writeInt(ROWS);
            for (int dim : dims) {
                out.writeInt(dim);
            }
            var row = new byte[size];
            for (int i = 0; i < ROWS; i++) {
                random.nextBytes(row);
                out.write(row);
            }
        }
        try (var out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(labels)))) {
            out.writeInt(0x0801);
            out.writeInt(ROWS);
            for (int i = 0; i < ROWS; i++) {
                out.writeByte(i % classes);
            }
        }
    }

    /** As CIFAR-10 has them. */
    private static void rows(Path file, Random random) throws IOException {
        var all = new ByteArrayOutputStream();
        var row = new byte[3 * 32 * 32];
        for (int i = 0; i < ROWS; i++) {
            random.nextBytes(row);
            all.write(i % 10);
            all.write(row);
        }
        Files.write(file, all.toByteArray());
    }

    private static void texts(Path file, Random random, int length, String... labels) throws IOException {
        var text = new StringBuilder("text,label\n");
        for (int i = 0; i < ROWS; i++) {
            for (int word = 0; word < length; word++) {
                text.append(word == 0 ? "" : " ").append('w').append(random.nextInt(20_000));
            }
            text.append(',').append(labels[i % labels.length]).append('\n');
        }
        Files.writeString(file, text);
    }
}
