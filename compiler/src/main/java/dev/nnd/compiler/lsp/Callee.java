package dev.nnd.compiler.lsp;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.lsp.names.Globals;
import dev.nnd.compiler.lsp.names.Symbols;
import java.util.List;
import java.util.Optional;

/**
 * Something that takes arguments.
 *
 * @param signature as it is declared
 * @param parameters each as written in the signature
 * @param doc its documentation; empty if none
 * @param function true if a value that is piped in is its first argument
 */
record Callee(String signature, List<String> parameters, String doc, boolean function) {

    static Optional<Callee> of(String name, Globals globals) {
        return globals.find(name).map(Callee::of).or(() -> Words.named(name).map(Callee::of));
    }

    static Callee of(Decl decl) {
        List<String> parameters = Symbols.parameters(decl).stream()
                .map(p -> p.span().text().replaceAll("\\s+", " "))
                .toList();
        String name = decl.name().name() + "(" + String.join(", ", parameters) + ")";
        return new Callee(name + result(decl), parameters, decl.doc(), decl instanceof Decl.Function);
    }

    private static String result(Decl decl) {
        return switch (decl) {
            case Decl.Function f ->
                f.result().map(r -> " -> " + r.span().text()).orElse("");
            case Decl.Block b -> {
                List<String> inputs = b.body().stream()
                        .filter(s -> s instanceof Stmt.Input)
                        .map(s -> ((Stmt.Input) s).type().span().text())
                        .toList();
                yield inputs.isEmpty() ? "" : "  // takes " + String.join(", ", inputs);
            }
            case Decl other -> "";
        };
    }

    private static Callee of(Words.Word word) {
        return new Callee(
                word.written(), word.parameters(), word.doc(), word.kind().equals("function"));
    }

    /** The parameters that are not given by a pipe. */
    List<String> own(boolean piped) {
        return piped && function && !parameters.isEmpty() ? parameters.subList(1, parameters.size()) : parameters;
    }

    /** The name in {@code kernel: int = 3} or {@code beta1 = 0.9}. */
    static String name(String parameter) {
        return parameter.split("[:= ]", 2)[0];
    }

    static boolean required(String parameter) {
        return !parameter.contains("=");
    }

    /** {@code (${1:out})}: the required arguments as places to fill in. */
    String snippet(boolean piped) {
        var text = new StringBuilder("(");
        int place = 1;
        for (String parameter : own(piped)) {
            if (required(parameter)) {
                text.append(place > 1 ? ", " : "")
                        .append("${")
                        .append(place++)
                        .append(":")
                        .append(name(parameter));
                text.append("}");
            }
        }
        boolean optional = place == 1 && !own(piped).isEmpty();
        return text.append(optional ? "$1" : "").append(")").toString();
    }
}
