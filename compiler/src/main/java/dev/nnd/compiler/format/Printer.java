package dev.nnd.compiler.format;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.TuneItem;
import dev.nnd.compiler.ast.TypeExpr;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Prints a syntax tree as canonical .nnd text. Parsing the text gives an equal tree; {@code //} comments are not in it. */
public final class Printer {

    private static final int LINE = 110;

    private final StringBuilder out = new StringBuilder();

    private Printer() {}

    /** The text of a file, ending in a line break if there is anything in it. */
    public static String print(NndFile file) {
        var printer = new Printer();
        printer.doc(file.doc(), 0);
        file.packageName().ifPresent(name -> printer.line(0, "package " + name.text()));
        if (!file.imports().isEmpty()) {
            printer.blankLine();
            file.imports().forEach(name -> printer.line(0, "import " + name.text()));
        }
        for (Decl declaration : file.declarations()) {
            printer.blankLine();
            printer.declaration(declaration);
        }
        return printer.out.toString();
    }

    /** The text of an expression on one line. */
    public static String print(Expr expression) {
        return ExpressionText.of(expression);
    }

    /** The text of a type on one line. */
    public static String print(TypeExpr type) {
        return ExpressionText.of(type);
    }

    private void declaration(Decl declaration) {
        doc(declaration.doc(), 0);
        String name = declaration.name().name();
        switch (declaration) {
            case Decl.Block b -> {
                String head = (b.model() ? "model " : "block ") + name + parameters(b.parameters(), false);
                block(0, head, b.body(), s -> statement(s, 1));
            }
            case Decl.Function f -> function(f);
            case Decl.Data d -> {
                String parent = d.parent().map(p -> " from " + p.name()).orElse("");
                block(0, "data " + name + parent, d.items(), this::dataItem);
            }
            case Decl.Train t ->
                block(0, "train " + name + parameters(t.parameters(), false), t.items(), this::trainItem);
            case Decl.Tune t -> block(0, "tune " + name, t.items(), this::tuneItem);
        }
    }

    private void function(Decl.Function f) {
        String result = f.result().map(t -> " -> " + print(t)).orElse("");
        String head = "fn " + f.name().name() + parameters(f.parameters(), true) + result;
        if (f.body().size() == 1
                && f.body().getFirst() instanceof Stmt.Output only
                && only.name().isEmpty()
                && only.doc().isEmpty()) {
            assign(0, head, only.value());
        } else {
            block(0, head, f.body(), s -> statement(s, 1));
        }
    }

    private static String parameters(List<Decl.Parameter> parameters, boolean always) {
        if (parameters.isEmpty() && !always) {
            return "";
        }
        return parameters.stream()
                .map(p -> p.name().name() + ": " + print(p.type())
                        + p.defaultValue().map(d -> " = " + print(d)).orElse(""))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private void statement(Stmt statement, int depth) {
        switch (statement) {
            case Stmt.Input s -> {
                doc(s.doc(), depth);
                line(depth, "input " + s.name().name() + ": " + print(s.type()));
            }
            case Stmt.Output s -> output(s, depth);
            case Stmt.Let s -> assign(depth, "let " + s.name().name() + typed(s.type()), s.value());
            case Stmt.Var s -> assign(depth, "var " + s.name().name(), s.value());
            case Stmt.Assign s -> assign(depth, s.name().name(), s.value());
            case Stmt.Layer s -> assign(depth, "layer " + s.name().name(), s.value());
            case Stmt.Param s -> {
                doc(s.doc(), depth);
                String head = "param " + s.name().name() + ": " + print(s.type());
                s.init().ifPresentOrElse(init -> assign(depth, head, init), () -> line(depth, head));
            }
            case Stmt.For s -> {
                String head = "for " + s.variable().name() + " in " + print(s.range());
                block(depth, head, s.body(), inner -> statement(inner, depth + 1));
            }
            case Stmt.If s -> conditional(s, depth, "");
            case Stmt.Require s -> {
                String message = s.message().map(m -> ", " + print(m)).orElse("");
                line(depth, "require " + print(s.condition()) + message);
            }
        }
    }

    private void output(Stmt.Output s, int depth) {
        doc(s.doc(), depth);
        if (s.name().isPresent()) {
            assign(depth, "output " + s.name().get().name() + typed(s.type()), s.value());
        } else {
            value(depth, "output", s.value());
        }
    }

    private static String typed(Optional<TypeExpr> type) {
        return type.map(t -> ": " + print(t)).orElse("");
    }

    private void conditional(Stmt.If s, int depth, String before) {
        line(depth, before + "if " + print(s.condition()) + " {");
        s.then().forEach(inner -> statement(inner, depth + 1));
        if (s.otherwise().size() == 1 && s.otherwise().getFirst() instanceof Stmt.If next) {
            conditional(next, depth, "} else ");
            return;
        }
        if (!s.otherwise().isEmpty()) {
            line(depth, "} else {");
            s.otherwise().forEach(inner -> statement(inner, depth + 1));
        }
        line(depth, "}");
    }

    private void dataItem(DataItem item) {
        switch (item) {
            case DataItem.Source s -> assign(1, "source " + s.name().name(), s.value());
            case DataItem.Split s -> line(1, split(s));
            case DataItem.Field f -> {
                doc(f.doc(), 1);
                assign(1, "field " + f.name().name() + ": " + print(f.type()), f.value());
            }
            case DataItem.Augment a -> value(1, "augment", a.pipe());
            case DataItem.OnError o -> value(1, "on_error", o.policy());
        }
    }

    private static String split(DataItem.Split s) {
        String parts = s.parts().stream()
                .map(p -> p.name().name() + " " + print(p.share()))
                .collect(Collectors.joining(", "));
        return "split " + s.source().name() + " into " + parts
                + (s.inOrder() ? " in order" : "")
                + s.stratifiedBy().map(n -> " stratified by " + n.name()).orElse("")
                + s.groupedBy().map(n -> " grouped by " + n.name()).orElse("")
                + s.seed().map(e -> ", seed " + print(e)).orElse("");
    }

    private void trainItem(TrainItem item) {
        switch (item) {
            case TrainItem.Model m -> trainedModel(m);
            case TrainItem.Data d -> line(1, "data " + d.name().name());
            case TrainItem.Let l -> assign(1, "let " + l.name().name(), l.value());
            case TrainItem.Minimize m -> {
                String over = m.over().isEmpty() ? "" : " over " + list(m.over());
                value(1, "minimize", m.loss());
                line(2, (over + " using " + print(m.optimizer())).strip());
            }
            case TrainItem.Metric m -> line(1, "metric " + list(m.metrics()));
            case TrainItem.Freeze f -> line(1, "freeze " + list(f.paths()));
            case TrainItem.Keep k -> {
                String count = k.count().map(c -> " " + print(c)).orElse("");
                line(1, "keep best" + count + " by " + print(k.by()));
            }
            case TrainItem.StopEarly s -> {
                String patience = s.patience().map(p -> " patience " + print(p)).orElse("");
                line(1, "stop early on " + print(s.on()) + patience);
            }
            case TrainItem.Checkpoint c -> {
                String keep = c.keep().map(k -> " keep " + print(k)).orElse("");
                line(1, "checkpoint every " + print(c.every()) + keep);
            }
            case TrainItem.Validate v -> line(1, "validate every " + print(v.every()));
            case TrainItem.Setting s -> line(1, s.name().name() + " " + print(s.value()));
        }
    }

    private void trainedModel(TrainItem.Model m) {
        String from = m.from().map(f -> " from " + print(f)).orElse("");
        String head = "model " + m.name().name() + " = " + print(m.value()) + from;
        String frozen = m.frozen() ? " frozen" : "";
        if (m.mapping().isEmpty()) {
            line(1, head + frozen);
            return;
        }
        line(1, head + " mapping {");
        m.mapping().forEach(entry -> line(2, print(entry.file()) + " -> " + print(entry.here())));
        line(1, "}" + frozen);
    }

    private void tuneItem(TuneItem item) {
        switch (item) {
            case TuneItem.Train t -> line(1, "train " + t.name().name());
            case TuneItem.Search s -> line(1, "search " + s.name().name() + " in " + print(s.space()));
            case TuneItem.Objective o -> line(1, (o.maximize() ? "maximize " : "minimize ") + print(o.metric()));
            case TuneItem.Setting s -> line(1, s.name().name() + " " + print(s.value()));
        }
    }

    private static String list(List<Expr> expressions) {
        return expressions.stream().map(Printer::print).collect(Collectors.joining(", "));
    }

    private void assign(int depth, String head, Expr value) {
        value(depth, head + " =", value);
    }

    /** The head and the value on one line; a pipe too long for that gets a line for each stage. */
    private void value(int depth, String head, Expr value) {
        String line = head + " " + print(value);
        if (line.length() + 2 * depth <= LINE || !(value instanceof Expr.Pipe pipe)) {
            line(depth, line);
            return;
        }
        line(depth, head + " " + ExpressionText.pipeHead(pipe));
        pipe.stages().forEach(stage -> line(depth + 1, "-> " + ExpressionText.of(stage)));
    }

    private <T> void block(int depth, String head, List<T> items, Consumer<T> each) {
        if (items.isEmpty()) {
            line(depth, head + " {}");
            return;
        }
        line(depth, head + " {");
        items.forEach(each);
        line(depth, "}");
    }

    private void doc(String doc, int depth) {
        if (!doc.isEmpty()) {
            for (String text : doc.split("\n", -1)) {
                line(depth, text.isEmpty() ? "///" : "/// " + text);
            }
        }
    }

    private void blankLine() {
        if (!out.isEmpty()) {
            out.append('\n');
        }
    }

    private void line(int depth, String text) {
        out.repeat("  ", depth).append(text).append('\n');
    }
}
