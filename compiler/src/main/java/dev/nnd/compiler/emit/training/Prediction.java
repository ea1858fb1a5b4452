package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a trained model predicts, read off the loss: which model, on which fields, and what its output means.
 *
 * @param model the model
 * @param inputs the field that each of the model's inputs is fed with, in the order of the inputs
 * @param output the model's output that the loss looks at
 * @param value the same in the section
 * @param classes what the output means if it holds the logits of a label field
 * @param target the field that the output is to come near to, if that is no label
 */
public record Prediction(
        TypedTrain.Trained model,
        List<TypedData.Field> inputs,
        TypedBlock.Output output,
        TypedExpr value,
        Optional<Classes> classes,
        Optional<TypedData.Field> target) {

    /** Logits of a label: one per class for a softmax, or one of the second class for a sigmoid. */
    public record Classes(TypedData.Field label, boolean sigmoid) {}

    /** What the section's first model that learns predicts; empty if it is fed with anything but fields. */
    public static Optional<Prediction> of(TypedTrain train) {
        return new Reader(train).read();
    }

    /** The same, served by the class of the model, whose free dims may be fixed numbers in the section. */
    public Prediction servedBy(@Nullable TypedModel served) {
        if (served == null || !served.declaration().equals(model.model().declaration())) {
            return this;
        }
        return new Prediction(model.with(served, served), inputs, output, value, classes, target);
    }

    /** The sizes of the model's free dims for one example, in the order of the generated API. */
    public List<Long> freeDims() {
        var sizes = new HashMap<String, Long>();
        for (int i = 0; i < inputs.size(); i++) {
            TensorType wanted = model.model().block().inputs().get(i).type();
            List<Dim> given = new ArrayList<>(List.of(Dim.ONE));
            given.addAll(inputs.get(i).type().dims());
            for (int axis = 0; axis < wanted.rank() && axis < given.size(); axis++) {
                String name = wanted.dim(axis).toString();
                if (model.model().freeDims().contains(name)) {
                    sizes.putIfAbsent(name, given.get(axis).constant().orElseThrow());
                }
            }
        }
        return model.model().freeDims().stream()
                .map(v -> sizes.getOrDefault(v, 1L))
                .toList();
    }

    /** True if the target is a column, standardized: then a prediction can be told in the column's own units. */
    public boolean invertible() {
        return target.isPresent()
                && target.get().value() instanceof DataExpr.Standardize standardize
                && standardize.operand() instanceof DataExpr.Column;
    }

    /** Follows names to what they stand for, in the body of the section. */
    private static final class Reader {

        private final TypedTrain train;
        private final SectionBody body;

        Reader(TypedTrain train) {
            this.train = train;
            this.body = new SectionBody(train);
        }

        Optional<Prediction> read() {
            for (TypedTrain.Minimize minimize : train.minimize()) {
                for (TypedExpr.Apply apply : applied(minimize.loss(), Primitive.PICK)) {
                    Optional<Prediction> softmax = ofSoftmax(apply);
                    if (softmax.isPresent()) {
                        return softmax;
                    }
                }
                for (TypedExpr leaf : leaves(minimize.loss())) {
                    if (leaf instanceof TypedExpr.CallOutput output && learns(output)) {
                        return ofOutput(output, minimize.loss());
                    }
                }
            }
            return Optional.empty();
        }

        private Optional<Prediction> ofSoftmax(TypedExpr.Apply pick) {
            return resolve(pick.operands().get(0)) instanceof TypedExpr.Apply logs
                            && logs.primitive() == Primitive.LOG_SOFTMAX
                            && resolve(logs.operands().getFirst()) instanceof TypedExpr.CallOutput output
                            && resolve(pick.operands().get(1)) instanceof TypedExpr.Input index
                            && learns(output)
                    ? labelField(index)
                            .flatMap(l -> prediction(output, Optional.of(new Classes(l, false)), Optional.empty()))
                    : Optional.empty();
        }

        private Optional<TypedData.Field> labelField(TypedExpr.Input input) {
            return train.data().field(input.name()).filter(f -> f.label().isPresent());
        }

        private boolean learns(TypedExpr.CallOutput output) {
            return train.models().stream()
                    .anyMatch(m -> m.name().equals(call(output).layer()) && !m.frozen());
        }

        /** A loss of softplus over one number per example and a label of two classes is that of a sigmoid. */
        private Optional<Prediction> ofOutput(TypedExpr.CallOutput output, TypedExpr loss) {
            Set<String> fed = new LinkedHashSet<>();
            call(output).operands().forEach(o -> addInput(resolve(o), fed));
            List<TypedData.Field> rest = leaves(loss).stream()
                    .filter(TypedExpr.Input.class::isInstance)
                    .map(l -> ((TypedExpr.Input) l).name())
                    .filter(name -> !fed.contains(name))
                    .distinct()
                    .flatMap(name -> train.data().field(name).stream())
                    .toList();
            Optional<TypedData.Field> only = rest.size() == 1 ? Optional.of(rest.getFirst()) : Optional.empty();
            boolean sigmoid = !applied(loss, Primitive.SOFTPLUS).isEmpty()
                    && elements(output.type()).is(1);
            Optional<Classes> classes = only.filter(f -> sigmoid && f.label().isPresent())
                    .filter(f -> f.label().orElseThrow().names().size() == 2)
                    .map(f -> new Classes(f, true));
            Optional<TypedData.Field> target =
                    only.filter(f -> f.label().isEmpty() && f.type().elements().equals(elements(output.type())));
            return prediction(output, classes, target);
        }

        private static void addInput(TypedExpr expression, Set<String> names) {
            if (expression instanceof TypedExpr.Input input) {
                names.add(input.name());
            }
        }

        private Optional<Prediction> prediction(
                TypedExpr.CallOutput output, Optional<Classes> classes, Optional<TypedData.Field> target) {
            TypedBlock.Binding.Call call = call(output);
            var inputs = new ArrayList<TypedData.Field>();
            for (TypedExpr operand : call.operands()) {
                if (!(resolve(operand) instanceof TypedExpr.Input input)) {
                    return Optional.empty();
                }
                train.data().field(input.name()).ifPresent(inputs::add);
            }
            TypedTrain.Trained model = train.models().stream()
                    .filter(m -> m.name().equals(call.layer()))
                    .findFirst()
                    .orElseThrow();
            return output.type().rank() == 0
                            || !LearnedDims.all(elements(output.type()).variables())
                    ? Optional.empty()
                    : Optional.of(new Prediction(
                            model, inputs, call.block().outputs().get(output.index()), output, classes, target));
        }

        private TypedBlock.Binding.Call call(TypedExpr.CallOutput output) {
            return (TypedBlock.Binding.Call) body.binding(output.call());
        }

        private TypedExpr resolve(TypedExpr expression) {
            return body.resolve(expression);
        }

        private List<TypedExpr.Apply> applied(TypedExpr root, Primitive primitive) {
            return reachable(root).stream()
                    .filter(TypedExpr.Apply.class::isInstance)
                    .map(TypedExpr.Apply.class::cast)
                    .filter(a -> a.primitive() == primitive)
                    .toList();
        }

        private List<TypedExpr> leaves(TypedExpr root) {
            return reachable(root).stream()
                    .filter(e -> !(e instanceof TypedExpr.Apply))
                    .toList();
        }

        /** Everything that the value is computed from, each once, in the order of the text. */
        private List<TypedExpr> reachable(TypedExpr root) {
            Set<TypedExpr> found = Collections.newSetFromMap(new IdentityHashMap<>());
            var ordered = new ArrayList<TypedExpr>();
            reach(resolve(root), found, ordered);
            return ordered;
        }

        private void reach(TypedExpr expression, Set<TypedExpr> met, List<TypedExpr> ordered) {
            if (met.add(expression)) {
                ordered.add(expression);
                if (expression instanceof TypedExpr.Apply apply) {
                    apply.operands().forEach(o -> reach(resolve(o), met, ordered));
                }
            }
        }
    }

    /** The field that the output is compared with, where a report can do that example by example. */
    public Optional<TypedData.Field> compared() {
        Optional<TypedData.Field> field =
                classes.map(Classes::label).filter(f -> f.type().rank() == 0).or(() -> target);
        boolean many =
                classes.isPresent() && !classes.get().sigmoid() && output.type().rank() != 2;
        return elements().isEmpty() || many ? Optional.empty() : field;
    }

    /** Elements of one example of a batched type; 0 if there are no examples in it. */
    private static Dim elements(TensorType batched) {
        return batched.rank() == 0 ? Dim.ZERO : Dim.product(batched.dims().subList(1, batched.rank()));
    }

    /** Elements of the output for one example; empty if that is learned from data. */
    public OptionalLong elements() {
        return elements(output.type()).constant();
    }

    /** True if the output for one example is one number. */
    public boolean isNumber() {
        return elements(output.type()).is(1);
    }
}
