package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code normalize(mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26])}: one number per channel, or one for all. */
final class NormalizeRule {

    private NormalizeRule() {}

    static Cell apply(FieldCall call) {
        Optional<Cell.Numbers> x = call.numbers();
        if (x.isEmpty()) {
            return Cell.POISON;
        }
        TensorType type = x.get().type();
        Optional<List<Double>> mean = numbers("mean", call, x.get());
        Optional<List<Double>> std = numbers("std", call, x.get());
        if (mean.isEmpty() || std.isEmpty()) {
            return Cell.POISON;
        }
        if (std.get().stream().anyMatch(s -> s <= 0)) {
            return call.fail(Diagnostic.error("NND0412", call.span("std"), "every `std` is more than 0"));
        }
        return new Cell.Numbers(new DataExpr.Normalize(
                x.get().expr(), mean.get(), std.get(), NumberFunctions.floats(type), call.written()));
    }

    private static Optional<List<Double>> numbers(String slot, FieldCall call, Cell.Numbers x) {
        Arguments.Given given = call.options().get(slot).orElseThrow();
        var numbers = new ArrayList<Double>();
        if (given.value() instanceof Val.Const(Constant.ListOf(List<Constant> items))) {
            for (Constant item : items) {
                ConstantFolding.number(item).ifPresent(numbers::add);
            }
            if (numbers.size() != items.size()) {
                numbers.clear();
            }
        } else if (given.value() instanceof Val.Const(Constant k)) {
            ConstantFolding.number(k).ifPresent(numbers::add);
        }
        if (numbers.isEmpty()) {
            if (!(given.value() instanceof Val.Poison)) {
                call.fail(Diagnostic.error(
                        "NND0205",
                        given.span(),
                        "`" + slot + "` of `normalize` takes a number or a list of numbers, got "
                                + Val.describe(given.value())));
            }
            return Optional.empty();
        }
        TensorType type = x.type();
        if (numbers.size() > 1 && (type.rank() == 0 || !type.dim(0).is(numbers.size()))) {
            call.fail(Diagnostic.error(
                            "NND0412",
                            given.span(),
                            "`" + slot + "` has " + numbers.size() + " numbers, and "
                                    + (type.rank() == 0
                                            ? "the value is a single number"
                                            : "there are " + type.dim(0) + " channels in " + type))
                    .label(x.expr().span(), "this is " + type));
            return Optional.empty();
        }
        return Optional.of(numbers);
    }
}
