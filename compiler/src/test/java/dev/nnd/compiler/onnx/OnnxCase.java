package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
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
                    try (Stream<Path> sets = Files.list(child)
                            .filter(d -> d.getFileName().toString().startsWith("test_data_set"))
                            .sorted()) {
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

    /** Whole networks whose weights are constants; their one input is 0 to 1 in equal steps. */
    static List<OnnxCase> light() throws IOException {
        Path root = shared().resolve("onnx-light");
        var cases = new ArrayList<OnnxCase>();
        try (Stream<Path> files = Files.list(root).sorted()) {
            for (Path file : files.filter(f -> f.toString().endsWith(".onnx")).toList()) {
                String name = file.getFileName().toString().replace(".onnx", "");
                int n = 3 * 224 * 224;
                TensorData input = TensorData.floats(DType.F32, List.of(1L, 3L, 224L, 224L), i -> (float) i / n);
                Path output = root.resolve(name + "_output_0.pb");
                cases.add(new OnnxCase(
                        "onnx-light/" + name,
                        file,
                        List.of(input),
                        List.of(OnnxImport.tensor(Files.readAllBytes(output)))));
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
