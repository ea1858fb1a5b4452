package dev.nnd.compiler.lsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.ParameterInformation;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureInformation;

/** The parameters of the call that is being written. */
final class Signatures {

    private Signatures() {}

    static Optional<SignatureHelp> at(Document document, Project project, int offset) {
        Cursor cursor = Cursor.at(document, offset);
        if (cursor.quiet()) {
            return Optional.empty();
        }
        Optional<Cursor.Call> call = cursor.call();
        Optional<Callee> callee = call.flatMap(c -> Callee.of(c.name(), project.globals(document)));
        if (callee.isEmpty()) {
            return Optional.empty();
        }
        var parameters = new ArrayList<ParameterInformation>();
        callee.get().parameters().forEach(p -> parameters.add(new ParameterInformation(p)));
        var signature = new SignatureInformation(callee.get().signature());
        signature.setParameters(parameters);
        if (!callee.get().doc().isEmpty()) {
            signature.setDocumentation(
                    new MarkupContent(MarkupKind.MARKDOWN, callee.get().doc()));
        }
        int active = active(callee.get(), call.get());
        var help = new SignatureHelp(List.of(signature), 0, active);
        signature.setActiveParameter(active);
        return Optional.of(help);
    }

    private static int active(Callee callee, Cursor.Call call) {
        if (call.named().isPresent()) {
            for (int i = 0; i < callee.parameters().size(); i++) {
                if (Callee.name(callee.parameters().get(i)).equals(call.named().get())) {
                    return i;
                }
            }
        }
        boolean shifted = call.piped() && callee.function();
        return Math.min(
                call.index() + (shifted ? 1 : 0),
                Math.max(0, callee.parameters().size() - 1));
    }
}
