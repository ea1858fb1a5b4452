package dev.nnd.compiler.onnx;

import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.check.Checked;
import dev.nnd.compiler.check.Checker;
import dev.nnd.compiler.check.StandardLibrary;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Severity;
import dev.nnd.grammar.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The type of an expression of the language, found by the checker itself; equal questions are asked once. */
final class TypeInference {

    private final Checker checker = new Checker(StandardLibrary.load(
            (source, start, end) -> Parser.parse(source, start, end).file()));
    private final Map<String, TensorType> known = new HashMap<>();
    private final Set<String> declared = new HashSet<>();

    /** The type of an expression whose operands stand as {@code a0}, {@code a1} and so on. */
    TensorType of(String expression, List<Value> operands) {
        String text = program(expression, operands);
        TensorType found = known.get(text);
        if (found == null) {
            found = check(text, operands);
            known.put(text, found);
        }
        return found;
    }

    /** A free size of the file, which an expression may name without an operand that has it. */
    void declare(String variable) {
        declared.add(variable);
    }

    private String program(String expression, List<Value> operands) {
        var text = new StringBuilder("model M {\n");
        var free = new TreeSet<String>();
        for (String word : expression.split("\\W+")) {
            if (declared.contains(word)) {
                free.add(word);
            }
        }
        operands.forEach(o -> o.type().dims().forEach(d -> free.addAll(d.variables())));
        text.append("  input dims_: f32")
                .append(free.isEmpty() ? "" : "[" + String.join(", ", free) + "]")
                .append('\n');
        for (int i = 0; i < operands.size(); i++) {
            TensorType type = operands.get(i).type();
            if (type.dims().stream().anyMatch(d -> d.is(0))) {
                throw new OnnxProblem("`" + operands.get(i).hint() + "` is " + type
                        + ": a tensor of the language has at least one element");
            }
            text.append("  input a").append(i).append(": ").append(type).append('\n');
        }
        return text.append("  output y = ").append(expression).append("\n}\n").toString();
    }

    private TensorType check(String text, List<Value> operands) {
        Parsed parsed = Parser.parse(new SourceFile("node.nnd", text));
        List<Diagnostic> found = new ArrayList<>(parsed.problems());
        if (found.isEmpty()) {
            Checked checked = checker.check(parsed.file(), name -> Optional.<NndFile>empty());
            found.addAll(checked.diagnostics());
            if (checked.ok()) {
                return checked.program()
                        .models()
                        .getFirst()
                        .block()
                        .outputs()
                        .getFirst()
                        .type();
            }
        }
        Diagnostic first = found.stream()
                .filter(d -> d.severity() == Severity.ERROR)
                .findFirst()
                .orElseThrow();
        String message = first.message();
        for (int i = operands.size() - 1; i >= 0; i--) {
            message = message.replace("`a" + i + "`", "`" + operands.get(i).hint() + "`");
        }
        throw new OnnxProblem(message);
    }

    /** A scalar of a dtype. */
    static TensorType scalar(DType dtype) {
        return new TensorType(dtype, List.<Dim>of());
    }
}
