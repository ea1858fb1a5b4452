package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.keras.KerasImport;
import dev.nnd.compiler.keras.KerasProblem;
import dev.nnd.compiler.onnx.Imported;
import dev.nnd.compiler.onnx.OnnxImport;
import dev.nnd.compiler.onnx.OnnxProblem;
import dev.nnd.compiler.onnx.TensorData;
import dev.nnd.compiler.type.DType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.weights.Encoding;
import dev.nnd.runtime.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd import}. */
@Command(
        name = "import",
        description = "Writes an ONNX or Keras model as a readable .nnd file and a .safetensors file with its weights.",
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {

    private static final long LARGEST = Integer.MAX_VALUE - 8L;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", arity = "0..1", description = "the file: .onnx, .keras, .h5 or .weights.h5")
    private @Nullable Path model;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            description = "the folder to write to; by default the one of the model")
    private @Nullable Path directory;

    @Option(names = "--name", paramLabel = "NAME", description = "the model's name; by default that of the file")
    private String name = "";

    @Option(names = "--package", paramLabel = "NAME", description = "the package of the .nnd file")
    private String packageName = "";

    @Option(
            names = "--value",
            paramLabel = "INPUT=VALUE",
            description = "makes an input a constant: numbers with commas, or a file with a TensorProto")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--dim", paramLabel = "NAME=SIZE", description = "gives a free dim of the file a size")
    private Map<String, Long> dims = new LinkedHashMap<>();

    @Option(names = "--operators", description = "lists the operators that can be imported")
    private boolean operators;

    @Option(names = "--layers", description = "lists the classes of Keras layers that can be imported")
    private boolean layers;

    @Option(names = "--weights", description = "of a Keras file: writes the weights alone, under layer.weight")
    private boolean weightsOnly;

    ImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (operators) {
            OnnxImport.operators().forEach(terminal.out()::println);
            return Nnd.FINE;
        }
        if (layers) {
            KerasImport.layers().forEach(terminal.out()::println);
            return Nnd.FINE;
        }
        Path file = model;
        if (file == null) {
            throw new NndException(
                    "`nnd import` needs the model's file.",
                    "write `nnd import model.onnx -d DIR`, or the same with a .keras or .h5 file",
                    null);
        }
        try {
            return write(file, imported(file));
        } catch (OnnxProblem problem) {
            throw new NndException(file + ": " + problem.message() + ".", problem.help(), problem);
        } catch (KerasProblem problem) {
            throw new NndException(file + ": " + problem.message() + ".", problem.help(), problem);
        } catch (IOException failed) {
            throw new NndException("The import failed: " + failed.getMessage() + ".", failed);
        }
    }

    private Imported imported(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NndException("There is no file " + file + ".", null);
        }
        if (Files.size(file) > LARGEST) {
            throw new NndException(file + " is larger than 2 GB.", "save the weights as external data", null);
        }
        Path folder = file.toAbsolutePath().getParent();
        var options = new OnnxImport.Options(
                modelName(file),
                packageName,
                new ExternalFiles(folder == null ? Path.of("/") : folder),
                values(),
                dims);
        Optional<KerasFiles> keras = KerasFiles.of(file);
        if (keras.isPresent()) {
            return keras.get().imported(options, weightsOnly);
        }
        if (weightsOnly) {
            throw new NndException(
                    file + " is no Keras file, and `--weights` is for those.", "leave `--weights` out", null);
        }
        return OnnxImport.read(Files.readAllBytes(file), options);
    }

    private String modelName(Path file) {
        return name.isEmpty() ? stem(file) : name;
    }

    private static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    }

    private Map<String, TensorData> values() throws IOException {
        var made = new LinkedHashMap<String, TensorData>();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            made.put(entry.getKey(), value(entry.getValue()));
        }
        return made;
    }

    private static TensorData value(String text) throws IOException {
        if (text.matches("[-\\d][-\\d,]*")) {
            try {
                return OnnxImport.integers(
                        List.of(text.split(",", -1)).stream().map(Long::valueOf).toList());
            } catch (NumberFormatException broken) {
                throw new NndException("`" + text + "` is no list of whole numbers.", broken);
            }
        }
        return OnnxImport.tensor(Files.readAllBytes(Path.of(text)));
    }

    /** Nothing is written unless the text checks. */
    private int write(Path file, Imported imported) throws IOException {
        Path folder = directory != null ? directory : file.toAbsolutePath().resolveSibling("");
        String base = stem(file).replaceAll("[^A-Za-z0-9_]+", "_").toLowerCase(Locale.ROOT);
        Path text = folder.resolve(base + ".nnd");
        boolean network = !imported.text().isEmpty();
        if (network) {
            check(file, text, imported);
        }
        Path weights = folder.resolve(base + ".safetensors");
        writer(imported).write(weights);
        if (network) {
            AtomicFile.write(text, imported.text().getBytes(StandardCharsets.UTF_8));
        }
        imported.notes().forEach(n -> terminal.out().println("note: " + n));
        terminal.out()
                .println("wrote " + (network ? text + " and " : "") + weights + ", "
                        + imported.weights().size() + " tensors");
        return Nnd.FINE;
    }

    private static void check(Path file, Path text, Imported imported) {
        List<Diagnostic> found = new Compiler().check(CompilerRun.of(new SourceFile(text.toString(), imported.text())));
        if (!new CompileResult(List.of(), found, List.of()).ok()) {
            Diagnostic first = found.stream()
                    .filter(d -> d.severity() == Severity.ERROR)
                    .findFirst()
                    .orElseThrow();
            throw new NndException(
                    file + ": what it became does not check: " + first.code() + ", " + first.message() + ".", null);
        }
    }

    private static SafetensorsWriter writer(Imported imported) {
        var writer = new SafetensorsWriter().metadata("format", "nnd");
        imported.weights()
                .forEach((key, data) -> writer.addLittleEndian(
                        key,
                        encoding(data.dtype()),
                        data.dims().stream().mapToLong(Long::longValue).toArray(),
                        data.bytes()));
        return writer;
    }

    private static Encoding encoding(DType dtype) {
        return switch (dtype) {
            case F64 -> Encoding.F64;
            case F32 -> Encoding.F32;
            case F16 -> Encoding.F16;
            case BF16 -> Encoding.BF16;
            case I64 -> Encoding.I64;
            case I32 -> Encoding.I32;
            case I8 -> Encoding.I8;
            case U8 -> Encoding.U8;
            case BOOL -> Encoding.BOOL;
        };
    }
}
