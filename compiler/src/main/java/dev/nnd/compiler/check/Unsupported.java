package dev.nnd.compiler.check;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.Set;

/** Names of the language's library that are designed but not there yet. */
final class Unsupported {

    private static final Set<String> NAMES = Set.of("unfold");

    private Unsupported() {}

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    static Diagnostic error(String name, Span span) {
        return Diagnostic.error("NND0899", span, "`" + name + "` is not supported by this version yet");
    }
}
