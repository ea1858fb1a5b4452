package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.GraphStages;
import dev.nnd.compiler.cli.graph.Dot;
import dev.nnd.compiler.cli.graph.GraphPicture;
import dev.nnd.compiler.cli.graph.Svg;
import dev.nnd.compiler.cli.output.AtomicFile;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphPrinter;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nnd graph}. */
@Command(
        name = "graph",
        description = "Shows the graph of ops of a model or a train section, before and after the compiler's passes.",
        mixinStandardHelpOptions = true)
final class GraphCommand implements Callable<Integer> {

    /** How a graph is printed. */
    enum Format {
        TEXT,
        DOT,
        SVG
    }

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "a .nnd file")
    private Path file = Path.of("");

    @Option(
            names = "--of",
            paramLabel = "NAME",
            description = "the model or train section; the first model if not given")
    private @Nullable String of;

    @Option(
            names = "--pass",
            paramLabel = "NAME",
            description = "the graph before and after this pass; the last graph alone if not given")
    private @Nullable String pass;

    @Option(names = "--format", paramLabel = "FORMAT", description = "text, dot (for Graphviz) or svg")
    private Format format = Format.TEXT;

    @Option(names = "--trace", description = "names each rule that fired, with the nodes that went and came")
    private boolean trace;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "writes to this file")
    private @Nullable Path output;

    GraphCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CompileResult result = new Compiler().plan(SourceFiles.read(List.of(file)));
        int code = new Findings(terminal, false).print(result.diagnostics());
        if (code != Nnd.FINE) {
            return code;
        }
        List<GraphStages.Stage> stages = stages(result.programs().getFirst());
        String text = trace ? traces(stages) : graphs(stages);
        if (output == null) {
            terminal.out().print(text);
            return Nnd.FINE;
        }
        try {
            AtomicFile.write(output, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new NndException(output + " can't be written: " + e.getMessage() + ".", e);
        }
        return Nnd.FINE;
    }

    private List<GraphStages.Stage> stages(CompiledFile program) {
        Map<String, Supplier<List<GraphStages.Stage>>> known = new LinkedHashMap<>();
        program.models().forEach(m -> known.put(m.model().name(), () -> GraphStages.of(m.model())));
        for (CompiledFile.Training training : program.trainings()) {
            for (int i = 0; i < training.statements().size(); i++) {
                int statement = i;
                known.put(training.train().name() + (i == 0 ? "" : i + 1), () -> GraphStages.of(training, statement));
            }
        }
        if (known.isEmpty()) {
            throw new NndException(
                    file + " has no model that has defaults for all its parameters, and no train section.");
        }
        var chosen = of == null ? known.values().iterator().next() : known.get(of);
        if (chosen == null) {
            throw new NndException(file + " has no " + of + "; it has " + String.join(", ", known.keySet()) + ".");
        }
        return chosen.get();
    }

    private List<GraphStages.Stage> chosen(List<GraphStages.Stage> stages) {
        if (pass == null) {
            return stages;
        }
        List<GraphStages.Stage> named =
                stages.stream().filter(s -> s.name().equals(pass)).toList();
        if (named.isEmpty()) {
            String passes = stages.stream().map(GraphStages.Stage::name).collect(Collectors.joining(", "));
            throw new NndException("There is no pass " + pass + "; the passes are " + passes + ".");
        }
        return named;
    }

    private String traces(List<GraphStages.Stage> stages) {
        return chosen(stages).stream().map(s -> s.trace().print()).collect(Collectors.joining());
    }

    private String graphs(List<GraphStages.Stage> stages) {
        List<GraphStages.Stage> chosen = chosen(stages);
        if (pass == null) {
            return print(chosen.getLast().after());
        }
        GraphStages.Stage stage = chosen.getFirst();
        if (format == Format.TEXT) {
            return "// before " + pass + "\n" + print(stage.before()) + "\n// after " + pass + "\n"
                    + print(stage.after());
        }
        var pictures = new ArrayList<GraphPicture>();
        titled("before " + pass, stage.before(), pictures);
        titled("after " + pass, stage.after(), pictures);
        return format == Format.DOT ? Dot.write(pictures) : Svg.write(pictures);
    }

    private static void titled(String when, Graph graph, List<GraphPicture> pictures) {
        for (GraphPicture picture : GraphPicture.of(graph)) {
            pictures.add(new GraphPicture(picture.title() + ", " + when, picture.boxes(), picture.arrows()));
        }
    }

    private String print(Graph graph) {
        return switch (format) {
            case TEXT -> GraphPrinter.print(graph);
            case DOT -> Dot.write(GraphPicture.of(graph));
            case SVG -> Svg.write(GraphPicture.of(graph));
        };
    }
}
