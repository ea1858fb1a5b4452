package dev.nnd.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is measured: a network at a batch size, and how much faster than the fastest peer it is to be. */
public enum Workload {
    T1("T1", Network.MNIST, 64, 1.7),
    T2_B4("T2b4", Network.LENET, 4, 1.5),
    T2_B64("T2b64", Network.LENET, 64, 1.5),
    T3("T3", Network.CATS, 32, 1.2),
    T4("T4", Network.SENTIMENT, 32, 1.8),
    T5("T5", Network.BERT_MINI, 16, 1.2),
    I1_B1("I1b1", Network.MLP, 1, 1.3),
    I1_B64("I1b64", Network.MLP, 64, 1.3),
    I2_B1("I2b1", Network.RESNET50, 1, 1.0),
    I2_B16("I2b16", Network.RESNET50, 16, 1.0),
    I3_B1("I3b1", Network.BERT_BASE, 1, 1.1),
    I3_B8("I3b8", Network.BERT_BASE, 8, 1.1),
    I4("I4", Network.GPT2, 1, 1.2);

    private final String id;
    private final Network network;
    private final int batch;
    private final double target;

    Workload(String id, Network network, int batch, double target) {
        this.id = id;
        this.network = network;
        this.batch = batch;
        this.target = target;
    }

    /** Its short name in tables and options. */
    public String id() {
        return id;
    }

    public Network network() {
        return network;
    }

    /** Examples of a step. */
    public int batch() {
        return batch;
    }

    /** The fastest peer's time divided by ours is to be at least this. */
    public double target() {
        return target;
    }

    /** The libraries that have their say here, nnd first. */
    public List<Library> libraries() {
        var all = new ArrayList<>(List.of(Library.NND));
        if (this == T5 || !network.training()) {
            all.add(Library.NND_BF16);
        }
        if (!network.training()) {
            all.add(Library.NND_INT8);
        }
        all.add(Library.NND_JAVA);
        all.addAll(peers());
        return List.copyOf(all);
    }

    /** Whom nnd is compared with. */
    private List<Library> peers() {
        return switch (network) {
            case MNIST, LENET, CATS, SENTIMENT ->
                List.of(Library.LIBTORCH, Library.DJL, Library.TENSORFLOW, Library.DL4J);
            case BERT_MINI -> List.of(Library.LIBTORCH, Library.DJL, Library.TENSORFLOW);
            case MLP, RESNET50, BERT_BASE, GPT2 -> List.of(Library.ONNXRUNTIME, Library.LIBTORCH);
        };
    }

    /** The peers of which the fastest is compared with nnd. */
    List<Library> rivals() {
        return peers().stream().filter(library -> library != Library.DL4J).toList();
    }

    /** How many of the first steps are compared with those of nnd. */
    int compared() {
        return network.training() ? Stopwatch.CHECKED_STEPS : Batch.POOL;
    }

    /** Whether an option names it: {@code T2b64}, or {@code T2} for all that begin so. */
    public boolean matches(String word) {
        return id.equalsIgnoreCase(word) || id.toLowerCase().startsWith(word.toLowerCase() + "b");
    }

    /** By its short name. */
    public static Workload of(String id) {
        return Arrays.stream(values())
                .filter(workload -> workload.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload " + id));
    }
}
