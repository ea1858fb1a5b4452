package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks {@code nnd profile} how many floating-point operations the products and convolutions of a step are, and where its time goes. */
final class Work {

    private final Prepared prepared;
    private final Figures figures;

    Work(Prepared prepared, Figures figures) {
        this.prepared = prepared;
        this.figures = figures;
    }

    /** The name of the figure with the operations of a step. */
    static String flops(Workload workload) {
        return "flops." + workload.id();
    }

    /** The name of the figure with the bytes of the weights. */
    static String bytes(Workload workload) {
        return "weights." + workload.id();
    }

    /** Finds out what is not known; says what went wrong. */
    String count(Workload workload) throws IOException {
        Path weights = prepared.weights(workload.network());
        if (figures.has(flops(workload)) || !Files.exists(weights)) {
            return "";
        }
        Network network = workload.network();
        Path json = prepared.folder().resolve("profile-" + workload.id() + ".json");
        var words = new ArrayList<>(command(workload));
        words.addAll(List.of("--runs", "1", "--warmup", "0", "--json", json.toString()));
        var output = prepared.nnd(words);
        if (output.exitCode() != 0) {
            return output.tail();
        }
        double flops = products(new JsonMapper().readTree(Files.readString(json)));
        if (network.decoded()) {
            // Words one by one; the prompt, all at once, has scores for its last word only.
            double scores = 2.0 * network.vocabulary() * 768;
            flops = flops * Network.CONTINUATION + (flops - scores) * (network.exampleElements() - 1);
        }
        figures.put(bytes(workload), Files.size(weights));
        figures.put(flops(workload), flops);
        return "";
    }

    private static double products(JsonNode profile) {
        double sum = 0;
        for (JsonNode op : profile.get("ops")) {
            String kind = op.get("kind").asString();
            if (kind.contains("product") || kind.contains("mat mul") || kind.contains("convolution")) {
                sum += op.get("flops").asDouble();
            }
        }
        return sum;
    }

    private List<String> command(Workload workload) throws IOException {
        Network network = workload.network();
        String source = prepared.source(network).toString();
        if (network.training()) {
            Path data = SampleData.write(network, prepared.folder());
            return List.of(
                    "profile",
                    source,
                    network.section(),
                    "--data",
                    data.toString(),
                    "--batch",
                    Integer.toString(workload.batch()),
                    "--threads",
                    "1");
        }
        String dims = "N=" + workload.batch() + (network.vocabulary() > 0 ? ",T=" + length(network) : "");
        return List.of("profile", source, "--model", network.model(), "--dims", dims, "--threads", "1");
    }

    private static int length(Network network) {
        return network.decoded() ? 1 : network.exampleElements();
    }

    /** Writes a page and a picture of where the time of a step goes; says what went wrong. */
    String profile(Workload workload, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path chart = folder.resolve(workload.id() + ".svg");
        var words = new ArrayList<>(command(workload));
        words.addAll(List.of("--warmup", "12", "--runs", "12", "--top", "40", "--chart", chart.toString()));
        var output = prepared.nnd(words);
        if (output.exitCode() != 0) {
            return output.tail();
        }
        int start = Math.max(0, output.text().indexOf(workload.network().section() + ": "));
        Files.writeString(
                folder.resolve(workload.id() + ".md"),
                "# Where the time of " + workload.id()
                        + " goes\n\nWritten by `tests/benchmarks/run --profiles`, that is `nnd profile` on "
                        + "random data; bars, and what is not filled could be won at best: [" + workload.id() + ".svg]("
                        + workload.id() + ".svg).\n\n```\n" + output.text().substring(start) + "```\n");
        return "";
    }
}
