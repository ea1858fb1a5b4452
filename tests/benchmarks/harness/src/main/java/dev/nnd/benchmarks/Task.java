package dev.nnd.benchmarks;

import java.nio.file.Path;

/**
 * What a contender is asked to do.
 *
 * @param files where the weights are, and for those that read it the ONNX file
 */
public record Task(Workload workload, int threads, Path files) {

    public Network network() {
        return workload.network();
    }

    public int batch() {
        return workload.batch();
    }

    /** The initial weights, as safetensors. */
    public Path weights() {
        return files.resolve(network().file() + ".safetensors");
    }

    /** The model with its weights, as nnd has exported it. */
    public Path onnx() {
        return files.resolve(network().file() + ".onnx");
    }
}
