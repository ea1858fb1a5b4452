package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.DataExpr;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code normalize(mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26])}: one number per channel, or one for all. */
final class NormalizeRule {

    private final Checking c;
    private final Env env;

    NormalizeRule(Checking c, Env env) {
        this.c = c;
        this.env = env;
    }

    Optional<DataExpr> normalize(Optional<DataExpr> piped, Expr.Call call) {
        if (piped.isEmpty()) {
            c.report(Diagnostic.error("NND0202", call.span(), "`normalize` needs a value before it")
                    .help("write `images / 255 -> normalize(mean: 0.5, std: 0.5)`"));
            return Optional.empty();
        }
        var slots = List.of(new Arguments.Slot("mean", true), new Arguments.Slot("std", true));
        var matched = c.arguments().match("`normalize`", slots, List.of(), call.arguments(), new At(call.span(), env));
        if (!matched.ok()) {
            return Optional.empty();
        }
        TensorType type = piped.get().type();
        Optional<List<Double>> mean = numbers("mean", matched, type);
        Optional<List<Double>> std = numbers("std", matched, type);
        if (mean.isEmpty() || std.isEmpty()) {
            return Optional.empty();
        }
        if (std.get().stream().anyMatch(s -> s <= 0)) {
            c.report(
                    Diagnostic.error("NND0412", matched.get("std").orElseThrow().span(), "every `std` is more than 0"));
            return Optional.empty();
        }
        TensorType made = type.dtype().isFloat() ? type : type.as(DType.F32);
        return Optional.of(new DataExpr.Normalize(piped.get(), mean.get(), std.get(), made, call.span()));
    }

    private Optional<List<Double>> numbers(String slot, Arguments.Matched matched, TensorType type) {
        Arguments.Given given = matched.get(slot).orElseThrow();
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
                c.report(Diagnostic.error(
                        "NND0205",
                        given.span(),
                        "`" + slot + "` of `normalize` takes a number or a list of numbers, got "
                                + Val.describe(given.value())));
            }
            return Optional.empty();
        }
        if (numbers.size() > 1 && (type.rank() == 0 || !type.dim(0).is(numbers.size()))) {
            c.report(Diagnostic.error(
                    "NND0412",
                    given.span(),
                    "`" + slot + "` has " + numbers.size() + " numbers, and "
                            + (type.rank() == 0
                                    ? "the value is a single number"
                                    : "there are " + type.dim(0) + " channels in " + type)));
            return Optional.empty();
        }
        return Optional.of(numbers);
    }
}
