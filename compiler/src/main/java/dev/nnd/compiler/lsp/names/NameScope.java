package dev.nnd.compiler.lsp.names;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names in force, innermost first. */
final class NameScope {

    private final @Nullable NameScope outer;
    private final Map<String, Symbol> names = new HashMap<>();

    NameScope(@Nullable NameScope outer) {
        this.outer = outer;
    }

    void define(Symbol symbol) {
        names.put(symbol.name(), symbol);
    }

    Optional<Symbol> find(String name) {
        for (NameScope s = this; s != null; s = s.outer) {
            Symbol symbol = s.names.get(name);
            if (symbol != null) {
                return Optional.of(symbol);
            }
        }
        return Optional.empty();
    }
}
