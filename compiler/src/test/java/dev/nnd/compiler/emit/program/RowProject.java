package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.plan.KernelNames;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lines of a table as the models of one project, with the programs of their gradients. */
final class RowProject {

    private final GeneratedProject project;
    private final List<RowCase> cases = new ArrayList<>();
    /** The Java names of the ports by the class of the program. */
    private final Map<String, Map<String, String>> accessors = new HashMap<>();

    /**
     * Compiles the lines.
     *
     * @param imports {@code import} lines for all of them
     * @param others files that these name
     */
    RowProject(List<OpRow> rows, String imports, List<SourceFile> others) {
        var text = new StringBuilder("package rows\n\n" + imports + "\n");
        rows.forEach(r -> text.append(r.model()));
        project = new GeneratedProject(
                new SourceFile("rows.nnd", text.toString()), others, compiled -> gradients(rows, compiled));
    }

    private List<GeneratedFile> gradients(List<OpRow> rows, CompiledFile compiled) {
        var kernels = new KernelNames();
        var extra = new ArrayList<GeneratedFile>();
        for (OpRow row : rows) {
            CompiledFile.Model model = compiled.models().stream()
                    .filter(m -> m.model().name().equals(row.name()))
                    .findFirst()
                    .orElseThrow();
            accessors.put(row.name() + "Forward", ProgramEmitter.accessors(model.plan()));
            cases.add(RowCase.of(row, model));
        }
        var file = new KernelFile("rows", "gradients.nnd");
        cases.stream()
                .filter(c -> c.joint().isPresent())
                .forEach(c -> extra.addAll(c.program(kernels, file, accessors)));
        extra.addAll(file.files());
        return extra;
    }

    List<RowCase> cases() {
        return cases;
    }

    Class<?> load(String className) {
        return project.load("rows." + className);
    }

    /** What the program calls each port; a graph that does not read an input has none for it. */
    Map<String, String> accessors(String className) {
        return accessors.getOrDefault(className, Map.of());
    }
}
