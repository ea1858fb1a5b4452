package dev.nnd.compiler.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model with inputs and the outputs that others computed.
 *
 * @param name folder and case
 * @param model the model's file
 * @param inputs tensors in the order of the graph's inputs
 * @param outputs tensors in the order of the graph's outputs
 */
record OnnxCase(String name, Path model, List<TensorData> inputs, List<TensorData> outputs) {

    /** Where the cases lie, beside the checkout; they are not part of it. */
    static Path shared() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("shared/data"))) {
            at = at.getParent();
        }
        return at == null ? Path.of("/nowhere") : at.resolve("shared/data");
    }

    static List<OnnxCase> folder(String folder) throws IOException {
        Path root = shared().resolve(folder);
        var cases = new ArrayList<OnnxCase>();
        try (Stream<Path> children = Files.list(root).sorted()) {
            for (Path child : children.toList()) {
                if (Files.isRegularFile(child.resolve("model.onnx"))) {
                    try (Stream<Path> sets = Files.list(child).filter(Files::isDirectory).sorted()) {
                        for (Path set : sets.toList()) {
                            cases.add(new OnnxCase(
                                    folder + "/" + child.getFileName(),
                                    child.resolve("model.onnx"),
                                    tensors(set, "input_"),
                                    tensors(set, "output_")));
                        }
                    }
                }
            }
        }
        return cases;
    }

    private static List<TensorData> tensors(Path set, String prefix) throws IOException {
        var all = new ArrayList<TensorData>();
        for (int i = 0; Files.isRegularFile(set.resolve(prefix + i + ".pb")); i++) {
            all.add(OnnxImport.tensor(Files.readAllBytes(set.resolve(prefix + i + ".pb"))));
        }
        return all;
    }

    byte[] bytes() throws IOException {
        return Files.readAllBytes(model);
    }
}
