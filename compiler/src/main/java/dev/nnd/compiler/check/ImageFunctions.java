package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataFunction;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Functions of data that change the size of images, which are [channels, height, width]. */
final class ImageFunctions {

    /** What gives images another shape: the images of the source then need not have the field's. */
    static final Set<String> NAMES = Set.of("resize", "center_crop", "crop", "pad", "grayscale");

    private static final long LARGEST = 65_536;

    private ImageFunctions() {}

    private static Optional<Cell.Numbers> image(FieldCall call) {
        Optional<Cell.Numbers> x = call.numbers();
        if (x.isPresent() && x.get().type().rank() != 3) {
            call.fail(Diagnostic.error(
                            "NND0422",
                            call.written(),
                            "`" + call.name() + "` works on an image, [channels, height, width], and this is "
                                    + x.get().type())
                    .label(x.get().expr().span(), "this is " + x.get().type()));
            return Optional.empty();
        }
        return x;
    }

    /** {@code resize(224)} and {@code center_crop(224)}: one number for both sides; or height, then width. */
    static Cell sized(DataFunction function, FieldCall call) {
        Optional<Cell.Numbers> x = image(call);
        Optional<Long> height = call.integer("height", 1, LARGEST);
        Optional<Long> width = call.has("width") ? call.integer("width", 1, LARGEST) : height;
        if (x.isEmpty() || height.isEmpty() || width.isEmpty()) {
            return Cell.POISON;
        }
        TensorType type = x.get().type();
        boolean inside =
                function == DataFunction.RESIZE || (fits(type.dim(1), height.get()) && fits(type.dim(2), width.get()));
        return inside ? made(function, call, x.get(), type.dim(0), height.get(), width.get()) : tooLarge(call, type);
    }

    private static boolean fits(Dim side, long part) {
        return side.constant().isEmpty() || part <= side.constant().getAsLong();
    }

    private static Cell tooLarge(FieldCall call, TensorType type) {
        return call.fail(
                Diagnostic.error("NND0434", call.written(), "the part is larger than the image, which is " + type));
    }

    private static Cell made(
            DataFunction function, FieldCall call, Cell.Numbers x, Dim channels, long height, long width) {
        TensorType type = x.type().withDims(List.of(channels, Dim.of(height), Dim.of(width)));
        return new Cell.Numbers(call.apply(function, x.expr(), type));
    }

    static Cell crop(FieldCall call) {
        Optional<Cell.Numbers> x = image(call);
        Optional<Long> top = call.integer("top", 0, LARGEST);
        Optional<Long> left = call.integer("left", 0, LARGEST);
        Optional<Long> height = call.integer("height", 1, LARGEST);
        Optional<Long> width = call.integer("width", 1, LARGEST);
        if (x.isEmpty() || top.isEmpty() || left.isEmpty() || height.isEmpty() || width.isEmpty()) {
            return Cell.POISON;
        }
        TensorType type = x.get().type();
        boolean inside = fits(type.dim(1), top.get() + height.get()) && fits(type.dim(2), left.get() + width.get());
        return inside
                ? made(DataFunction.CROP, call, x.get(), type.dim(0), height.get(), width.get())
                : tooLarge(call, type);
    }

    static Cell pad(FieldCall call) {
        Optional<Cell.Numbers> x = image(call);
        Optional<Long> size = call.integer("size", 0, LARGEST);
        if (x.isEmpty() || size.isEmpty()) {
            return Cell.POISON;
        }
        TensorType type = x.get().type();
        Dim both = Dim.of(2 * size.get());
        TensorType padded = type.withDims(
                List.of(type.dim(0), type.dim(1).plus(both), type.dim(2).plus(both)));
        return new Cell.Numbers(call.apply(DataFunction.PAD, x.get().expr(), padded));
    }

    static Cell grayscale(FieldCall call) {
        Optional<Cell.Numbers> x = image(call);
        if (x.isEmpty()) {
            return Cell.POISON;
        }
        TensorType type = x.get().type();
        if (!type.dim(0).is(3)) {
            return call.fail(Diagnostic.error(
                    "NND0422", call.written(), "`grayscale` works on 3 channels, and this is " + type));
        }
        return new Cell.Numbers(call.apply(
                DataFunction.GRAYSCALE, x.get().expr(), type.withDims(List.of(Dim.ONE, type.dim(1), type.dim(2)))));
    }

    /** The channels of an image folder as its options say. */
    static Dim channels(Optional<Constant> option) {
        return option.isPresent() && option.get() instanceof Constant.Int(Dim channels) ? channels : Dim.of(3);
    }
}
