package dev.nnd.compiler.emit.training;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model of a train section that makes pictures of random numbers, as the section calls it.
 *
 * @param model the model
 * @param inputs what each of its inputs is fed with, in the order of the inputs
 * @param output the pictures, {@code f32[N, C, H, W]} of one or three colours
 * @param channels 1 or 3
 */
public record Drawing(
        TypedTrain.Trained model, List<Feed> inputs, TypedBlock.Output output, int channels, int height, int width) {

    private static final int PICTURE_RANK = 4;
    private static final int COLOURS = 3;
    private static final long SMALLEST_SIDE = 4;
    private static final long LARGEST_SIDE = 1024;

    /** What an input of the model is fed with. */
    public sealed interface Feed {}

    /** Random numbers of mean 0 and deviation 1, or from 0 to 1, times {@code factor} plus {@code offset}. */
    public record Noise(boolean normal, double factor, double offset, TensorType type) implements Feed {

        private Noise changed(boolean product, double by) {
            return product
                    ? new Noise(normal, factor * by, offset * by, type)
                    : new Noise(normal, factor, offset + by, type);
        }
    }

    /** The classes of a label, one after the other. */
    public record EachClass(int classes) implements Feed {}

    /** The first model of the section that is fed with random numbers, and labels at most, and makes pictures. */
    public static Optional<Drawing> of(TypedTrain train) {
        var body = new SectionBody(train);
        for (TypedBlock.Binding binding : train.body()) {
            if (binding instanceof TypedBlock.Binding.Call call) {
                Optional<Drawing> drawing = of(train, body, call);
                if (drawing.isPresent()) {
                    return drawing;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Drawing> of(TypedTrain train, SectionBody body, TypedBlock.Binding.Call call) {
        Optional<TypedTrain.Trained> model = train.models().stream()
                .filter(m -> m.name().equals(call.layer()))
                .findFirst();
        List<Feed> inputs = call.operands().stream()
                .flatMap(o -> feed(train, body, o).stream())
                .toList();
        if (model.isEmpty()
                || inputs.size() < call.operands().size()
                || inputs.stream().noneMatch(Noise.class::isInstance)) {
            return Optional.empty();
        }
        return call.block().outputs().stream()
                .filter(o -> isPicture(o.type()))
                .findFirst()
                .map(o -> new Drawing(model.get(), inputs, o, size(o, 1), size(o, 2), size(o, 3)));
    }

    private static boolean isPicture(TensorType type) {
        return type.rank() == PICTURE_RANK
                && type.dtype() == DType.F32
                && (type.dim(1).is(1) || type.dim(1).is(COLOURS))
                && isSide(type.dim(2))
                && isSide(type.dim(3));
    }

    private static boolean isSide(Dim dim) {
        return dim.constant().stream().anyMatch(n -> n >= SMALLEST_SIDE && n <= LARGEST_SIDE);
    }

    private static int size(TypedBlock.Output output, int axis) {
        return Math.toIntExact(output.type().dim(axis).constant().orElseThrow());
    }

    private static Optional<Feed> feed(TypedTrain train, SectionBody body, TypedExpr operand) {
        TypedExpr value = body.resolve(operand);
        return value instanceof TypedExpr.Input input
                ? train.data()
                        .field(input.name())
                        .filter(f -> f.type().rank() == 0)
                        .flatMap(TypedData.Field::label)
                        .map(l -> new EachClass(l.names().size()))
                : noise(body, value).map(n -> n);
    }

    /** Random numbers, also such as {@code normal[batch, 8](mean: 1.0, std: 0.1)}, which are a product and a sum. */
    private static Optional<Noise> noise(SectionBody body, TypedExpr expression) {
        if (!(body.resolve(expression) instanceof TypedExpr.Apply apply)) {
            return Optional.empty();
        }
        boolean normal = apply.primitive() == Primitive.RANDOM_NORMAL;
        if (normal || apply.primitive() == Primitive.RANDOM_UNIFORM) {
            return hasRows(apply.type()) ? Optional.of(new Noise(normal, 1, 0, apply.type())) : Optional.empty();
        }
        boolean product = apply.primitive() == Primitive.MULTIPLY;
        if (!product && apply.primitive() != Primitive.ADD) {
            return Optional.empty();
        }
        Optional<Noise> inner = noise(body, apply.operands().get(0));
        Optional<Double> by = number(body, apply.operands().get(1));
        return inner.isEmpty() || by.isEmpty()
                ? Optional.empty()
                : Optional.of(inner.get().changed(product, by.get()));
    }

    /** A number of rows that the batch says, each of known size. */
    private static boolean hasRows(TensorType type) {
        return type.dtype() == DType.F32
                && type.rank() > 1
                && type.dims().subList(1, type.rank()).stream()
                        .allMatch(d -> d.constant().isPresent());
    }

    private static Optional<Double> number(SectionBody body, TypedExpr expression) {
        TypedExpr value = body.resolve(expression);
        if (value instanceof TypedExpr.Apply apply && apply.primitive() == Primitive.SUBTRACT) {
            Optional<Double> left = number(body, apply.operands().get(0));
            Optional<Double> right = number(body, apply.operands().get(1));
            return left.flatMap(l -> right.map(r -> l - r));
        }
        return value instanceof TypedExpr.Number n ? Optional.of(n.value()) : Optional.empty();
    }

    /** The same with the model as its class has it, whose free dims may be fixed numbers in the section. */
    public Drawing servedBy(@Nullable TypedModel served) {
        if (served == null || !served.declaration().equals(model.model().declaration())) {
            return this;
        }
        return new Drawing(model.with(served, served), inputs, output, channels, height, width);
    }

    /** The sizes of the model's free dims for so many pictures, in the order of the generated API. */
    public List<Long> freeDims(int count) {
        var sizes = new HashMap<String, Long>();
        for (int i = 0; i < inputs.size(); i++) {
            TensorType wanted = model.model().block().inputs().get(i).type();
            sizes.put(wanted.dim(0).toString(), (long) count);
            if (inputs.get(i) instanceof Noise noise) {
                for (int axis = 1; axis < wanted.rank(); axis++) {
                    sizes.put(
                            wanted.dim(axis).toString(),
                            noise.type().dim(axis).constant().orElse(1));
                }
            }
        }
        return model.model().freeDims().stream()
                .map(v -> sizes.getOrDefault(v, 1L))
                .toList();
    }
}
