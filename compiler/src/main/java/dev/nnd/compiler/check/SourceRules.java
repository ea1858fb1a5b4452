package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code source train = idx(images: "...", labels: "...")}, {@code cifar("...")}, {@code csv("...")}. */
final class SourceRules {

    private static final List<String> FORMATS = List.of("idx", "cifar", "csv");
    private static final List<String> LATER =
            List.of("tsv", "json_lines", "parquet", "folder", "images", "text", "npy", "npz");

    private SourceRules() {}

    static Optional<TypedData.Source> source(Checking c, Env env, DataItem.Source source) {
        if (!(source.value() instanceof Expr.Call call) || !(call.callee() instanceof Expr.Name format)) {
            c.report(Diagnostic.error("NND0401", source.value().span(), "a source is a kind of file with its files")
                    .help("such as `csv(\"train.csv\")`; the kinds are " + String.join(", ", FORMATS)));
            return Optional.empty();
        }
        if (!FORMATS.contains(format.name())) {
            unknown(c, format);
            return Optional.empty();
        }
        var at = new At(call.span(), env);
        Optional<List<String>> files = format.name().equals("idx") ? idx(c, call, at) : list(c, format, call, at);
        return files.map(f -> new TypedData.Source(
                source.name().name(),
                TypedData.Format.valueOf(format.name().toUpperCase(java.util.Locale.ROOT)),
                f,
                source.span()));
    }

    private static void unknown(Checking c, Expr.Name format) {
        if (LATER.contains(format.name())) {
            c.unsupported("a source of kind `" + format.name() + "`", format.span());
            return;
        }
        Diagnostic error =
                Diagnostic.error("NND0401", format.span(), "there is no kind of source `" + format.name() + "`");
        Optional<String> near = Nearest.to(format.name(), FORMATS);
        c.report(
                near.isPresent()
                        ? Expressions.suggest(error, format.span(), near)
                        : error.help("the kinds are " + String.join(", ", FORMATS)));
    }

    private static Optional<List<String>> idx(Checking c, Expr.Call call, At at) {
        var slots = List.of(new Arguments.Slot("images", true), new Arguments.Slot("labels", true));
        var matched = c.arguments().match("`idx`", slots, List.of(), call.arguments(), at);
        if (!matched.ok()) {
            return Optional.empty();
        }
        Optional<String> images = text(c, matched.get("images").orElseThrow());
        Optional<String> labels = text(c, matched.get("labels").orElseThrow());
        return images.isPresent() && labels.isPresent()
                ? Optional.of(List.of(images.get(), labels.get()))
                : Optional.empty();
    }

    private static Optional<List<String>> list(Checking c, Expr.Name format, Expr.Call call, At at) {
        var files = new ArrayList<String>();
        for (Expr.Argument argument : call.arguments()) {
            if (argument.name().isPresent()) {
                c.report(Diagnostic.error(
                                "NND0201",
                                argument.name().get().span(),
                                "`" + format.name() + "` has no option `"
                                        + argument.name().get().name() + "`")
                        .help("it takes the names of its files"));
                return Optional.empty();
            }
            Optional<List<String>> some = texts(c, c.expressions().eval(argument.value(), at.env()), argument.span());
            if (some.isEmpty()) {
                return Optional.empty();
            }
            files.addAll(some.get());
        }
        if (files.isEmpty()) {
            c.report(Diagnostic.error("NND0402", at.span(), "the source names no file")
                    .help("write `" + format.name() + "(\"file\")`; a `*` stands for any letters"));
            return Optional.empty();
        }
        return Optional.of(files);
    }

    private static Optional<List<String>> texts(Checking c, Val value, Span span) {
        if (!(value instanceof Val.Const(Constant.ListOf(List<Constant> items)))) {
            return text(c, new Arguments.Given(value, span)).map(List::of);
        }
        var texts = new ArrayList<String>();
        for (Constant item : items) {
            Optional<String> one = text(c, new Arguments.Given(new Val.Const(item), span));
            if (one.isEmpty()) {
                return Optional.empty();
            }
            texts.add(one.get());
        }
        return Optional.of(texts);
    }

    private static Optional<String> text(Checking c, Arguments.Given given) {
        if (given.value() instanceof Val.Const(Constant.Text(String text)) && !text.isBlank()) {
            return Optional.of(text);
        }
        if (!(given.value() instanceof Val.Poison)) {
            c.report(Diagnostic.error(
                    "NND0402", given.span(), "a file is named by a string, got " + Val.describe(given.value())));
        }
        return Optional.empty();
    }
}
