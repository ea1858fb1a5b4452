package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** {@code from "weights.safetensors" mapping { "encoder.{i}.*" -> "layer.{i}.*" }}. */
final class MappingRules {

    private static final String KIND = ".safetensors";

    private final Checking c;
    private final Env env;

    MappingRules(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    /** The file of weights that a model starts from, its mapping checked against the model's weights. */
    Optional<TypedTrain.Weights> weights(TrainItem.Model item, List<String> names) {
        Optional<String> file = item.from().flatMap(this::file);
        var entries = new ArrayList<TypedTrain.Mapping>();
        var first = new HashMap<String, Span>();
        for (TrainItem.MappingEntry entry : item.mapping()) {
            mapping(entry, names).ifPresent(m -> {
                entries.add(m);
                Span before = first.putIfAbsent(m.file(), m.span());
                if (before != null) {
                    c.report(Diagnostic.error("NND0517", m.span(), "the mapping has `" + m.file() + "` twice")
                            .label(before, "the first is here"));
                }
            });
        }
        if (item.from().isEmpty() && !item.mapping().isEmpty()) {
            c.report(
                    Diagnostic.error("NND0530", item.mapping().getFirst().span(), "a `mapping` needs a file of weights")
                            .help("write `from \"weights.safetensors\"` before it"));
        }
        return file.map(f ->
                new TypedTrain.Weights(f, entries, item.from().orElseThrow().span()));
    }

    private Optional<String> file(Expr written) {
        Val value = c.expressions().eval(written, env);
        if (value instanceof Val.Poison) {
            return Optional.empty();
        }
        if (!(value instanceof Val.Const(Constant.Text(String file)))) {
            c.report(Diagnostic.error(
                            "NND0530", written.span(), "`from` takes the name of a file, got " + Val.describe(value))
                    .help("such as `from \"weights.safetensors\"`"));
            return Optional.empty();
        }
        if (file.contains("://")) {
            c.report(Diagnostic.error(
                            "NND0530",
                            written.span(),
                            "weights are read from a file, and \"" + file + "\" is an address")
                    .help("download it and name the file"));
            return Optional.empty();
        }
        if (!file.endsWith(KIND)) {
            int dot = file.lastIndexOf('.');
            String meant = "\"" + (dot > 0 ? file.substring(0, dot) : file) + KIND + "\"";
            c.report(Diagnostic.error(
                            "NND0530",
                            written.span(),
                            "weights are read from safetensors files, and \"" + file + "\" is none")
                    .note("in Python: `safetensors.torch.save_file(model.state_dict(), " + meant + ")`")
                    .help("write " + meant)
                    .fix(written.span(), meant));
            return Optional.empty();
        }
        return Optional.of(file);
    }

    private Optional<TypedTrain.Mapping> mapping(TrainItem.MappingEntry entry, List<String> names) {
        if (!(entry.file() instanceof Expr.StringLiteral f) || !(entry.here() instanceof Expr.StringLiteral h)) {
            return Optional.empty();
        }
        var file = new NamePattern(f.value());
        var here = new NamePattern(h.value());
        if (names.isEmpty()) {
            return Optional.empty();
        }
        if (names.stream().noneMatch(here::matches)) {
            unknown(entry, file, here, names);
            return Optional.empty();
        }
        Optional<String> open =
                here.names().stream().filter(n -> !file.names().contains(n)).findFirst();
        if (open.isPresent() || file.stars() != here.stars()) {
            String message = open.isPresent()
                    ? "`{" + open.get() + "}` is not in the name in the file"
                    : "each `*` here takes what one of the file stands for, got " + file.stars() + " and "
                            + here.stars();
            c.report(Diagnostic.error("NND0535", entry.span(), message)
                    .label(entry.file().span(), "the name in the file"));
            return Optional.empty();
        }
        return Optional.of(new TypedTrain.Mapping(f.value(), h.value(), entry.span()));
    }

    private void unknown(TrainItem.MappingEntry entry, NamePattern file, NamePattern here, List<String> names) {
        boolean swapped = names.stream().anyMatch(file::matches);
        if (swapped) {
            String turned =
                    entry.here().span().text() + " -> " + entry.file().span().text();
            c.report(Diagnostic.error(
                            "NND0535",
                            entry.span(),
                            "the mapping is the wrong way round: the name in the file comes first")
                    .help("write `" + turned + "`")
                    .fix(entry.span(), turned));
            return;
        }
        String what = here.isLiteral() ? "the model has no weight `" : "no weight of the model matches `";
        Diagnostic error = Diagnostic.error("NND0535", entry.here().span(), what + here.text() + "`");
        if (WeightNames.paths(names).contains(here.text())) {
            String all = "\"" + file.text() + ".**\" -> \"" + here.text() + ".**\"";
            c.report(error.note("it is a layer; a pattern is a whole weight name")
                    .help("write `" + all + "` for all its weights")
                    .fix(entry.span(), all));
            return;
        }
        c.report(Expressions.suggest(
                error, entry.here().span(), Nearest.to(here.text(), names).map(n -> '"' + n + '"')));
    }
}
