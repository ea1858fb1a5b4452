package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedBlock.Binding;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Warns of a loss on labels where inputs are mixed: an input is made of two examples then, and the label is that of one. A label
 * that a model reads is no target.
 */
final class MixedLabels {

    private final Checking c;
    private final Body body;
    private final TypedData data;

    MixedLabels(Checking c, Body body, TypedData data) {
        this.c = c;
        this.body = body;
        this.data = data;
    }

    /** Looks at the losses as written and as checked, in the same order. */
    void check(List<TrainItem.Minimize> written, List<TypedTrain.Minimize> losses) {
        List<Augmentation> mixed = data.augmentations().stream()
                .filter(a -> a.steps().getLast().kind().mixes())
                .toList();
        for (int i = 0; i < losses.size() && !mixed.isEmpty(); i++) {
            Set<String> used = fields(losses.get(i).loss(), true);
            Set<String> targets = fields(losses.get(i).loss(), false);
            Optional<Augmentation> input =
                    mixed.stream().filter(a -> used.contains(a.field())).findFirst();
            Optional<TypedData.Field> label = data.fields().stream()
                    .filter(f -> f.label().isPresent() && targets.contains(f.name()))
                    .findFirst();
            if (input.isPresent() && label.isPresent()) {
                warn(written.get(i).loss(), label.get(), input.get(), target(mixed, label.get()));
            }
        }
    }

    /** The fields that a value is made of; those that only models read, if {@code models}. */
    private Set<String> fields(TypedExpr value, boolean models) {
        var found = new HashSet<String>();
        var seen = new HashSet<Integer>();
        Deque<TypedExpr> todo = new ArrayDeque<>(List.of(value));
        while (!todo.isEmpty()) {
            switch (todo.poll()) {
                case TypedExpr.Input i -> found.add(i.name());
                case TypedExpr.Apply a -> todo.addAll(a.operands());
                case TypedExpr.Local l -> behind(l.id(), seen, models, todo);
                case TypedExpr.CallOutput o -> behind(o.call(), seen, models, todo);
                case TypedExpr.LayerParam _, TypedExpr.Param _, TypedExpr.Number _, TypedExpr.Setting _ -> {}
            }
        }
        return found;
    }

    private void behind(int id, Set<Integer> seen, boolean models, Deque<TypedExpr> todo) {
        if (seen.add(id)) {
            switch (body.binding(id)) {
                case Binding.Value v -> todo.add(v.value());
                case Binding.Call k -> {
                    if (models) {
                        todo.addAll(k.operands());
                    }
                }
            }
        }
    }

    /** The field of the label's probabilities that is mixed with the inputs. */
    private Optional<String> target(List<Augmentation> mixed, TypedData.Field label) {
        int classes = label.label().orElseThrow().names().size();
        return mixed.stream()
                .flatMap(a -> data.field(a.field()).stream())
                .filter(f -> f.type().rank() == 1 && f.type().dim(0).constant().orElse(-1) == classes)
                .map(TypedData.Field::name)
                .findFirst();
    }

    private void warn(Expr loss, TypedData.Field label, Augmentation input, Optional<String> target) {
        Augmentation.Step step = input.steps().getLast();
        Diagnostic warning = Diagnostic.warning(
                        "NND0550",
                        loss.span(),
                        "this loss is on `" + label.name() + "`, the label of one example, and `"
                                + step.span().text() + "` makes each `" + input.field() + "` of two")
                .label(step.span(), "mixed here");
        String name = target.orElse("target");
        c.report(fixed(
                warning.help("train on the label's mixed probabilities: `soft_cross_entropy(..., " + name + ")`"),
                loss,
                label,
                target));
    }

    /** With the loss of the probabilities, if it was the usual one of the label. */
    private static Diagnostic fixed(Diagnostic warning, Expr loss, TypedData.Field label, Optional<String> target) {
        if (target.isPresent()
                && loss instanceof Expr.Call call
                && call.callee() instanceof Expr.Name name
                && name.name().equals("cross_entropy")
                && call.arguments().size() == 2
                && call.arguments().getLast().value() instanceof Expr.Name argument
                && argument.name().equals(label.name())) {
            String text = "soft_cross_entropy("
                    + call.arguments().getFirst().value().span().text() + ", " + target.get() + ")";
            return warning.fix(loss.span(), text);
        }
        return warning;
    }
}
