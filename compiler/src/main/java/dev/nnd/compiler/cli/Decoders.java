package dev.nnd.compiler.cli;

import dev.nnd.compiler.CompileResult;
import dev.nnd.compiler.CompiledFile;
import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.Provider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * The models of a file that may generate tokens.
 *
 * @param loader has their classes
 */
record Decoders(Path file, List<CompiledFile.Model> models, ClassLoader loader) {

    /** All models of a file; nothing if it has errors, which are then printed. */
    static Optional<Decoders> compile(Terminal terminal, Path file) {
        CompileResult result = new Compiler().compile(SourceFiles.read(List.of(file)));
        if (new Findings(terminal, false).print(result.diagnostics()) != Nnd.FINE) {
            return Optional.empty();
        }
        var models = new LinkedHashSet<CompiledFile.Model>();
        result.programs().forEach(p -> {
            models.addAll(p.models());
            p.trainings().forEach(t -> models.addAll(t.made()));
        });
        InMemoryJava java = InMemoryJava.compile(result.files(), System.getProperty("java.class.path"));
        return Optional.of(new Decoders(file, List.copyOf(models), java.loader(Decoders.class.getClassLoader())));
    }

    /** The model of that name, or the only one that generates. */
    CompiledFile.Model choose(String name) {
        List<String> names = models.stream().map(m -> m.model().name()).toList();
        List<CompiledFile.Model> fit = models.stream()
                .filter(m -> name.isEmpty() || m.model().name().equals(name))
                .toList();
        if (fit.isEmpty()) {
            String known = names.isEmpty() ? "it has none" : "it has " + String.join(", ", names);
            throw new NndException(
                    file + " has no model" + (name.isEmpty() ? "" : " `" + name + "`") + "; " + known + ".",
                    Spelling.nearest(name, names)
                            .map(n -> "did you mean `" + n + "`?")
                            .orElse(null),
                    null);
        }
        var generating = new ArrayList<>(fit);
        generating.removeIf(m -> m.decoder() instanceof CompiledFile.Decoder.None);
        if (generating.size() > 1) {
            List<String> several =
                    generating.stream().map(m -> m.model().name()).toList();
            throw new NndException(
                    file + " has several models that generate tokens: " + String.join(", ", several) + ".",
                    "name one with --model",
                    null);
        }
        if (generating.isEmpty()) {
            throw none(fit.getFirst());
        }
        return generating.getFirst();
    }

    /** That a model is no decoder, and why. */
    static NndException none(CompiledFile.Model model) {
        var none = (CompiledFile.Decoder.None) model.decoder();
        String place = none.origin().map(Decoders::place).orElse("");
        return new NndException(
                "The model " + model.model().name() + " can't generate tokens: " + none.reason() + place + ".",
                none.origin().isPresent()
                        ? "a decoder computes each position from the tokens up to it, such as attention with `causal: true`"
                        : null,
                null);
    }

    private static String place(Origin origin) {
        return " (" + origin.span().file().name() + ":" + origin.span().line() + ":"
                + origin.span().column() + ")";
    }

    /** A model with its weights; close it. */
    LoadedDecoder load(CompiledFile.Model model, Path weights, Provider provider) {
        return LoadedModel.invoked(() -> {
            String name = model.model().name();
            String packageName = model.model().packageName();
            Class<?> type = Class.forName(packageName.isEmpty() ? name : packageName + "." + name, true, loader);
            return new LoadedDecoder(
                    type.getMethod("load", Path.class, Provider.class).invoke(null, weights, provider));
        });
    }
}
