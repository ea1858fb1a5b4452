package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/** What people write behind a tensor and a dot, and what it is here. */
final class Methods {

    private Methods() {}

    /** The error for {@code x.view(2, 3)} and the like: tensors have no members. */
    static Diagnostic error(Expr.Member member, Val.Tensor x) {
        String name = member.member().name();
        String of = member.target().span().text();
        Diagnostic error = x.trace()
                .mark(Diagnostic.error(
                        "NND0262",
                        member.member().span(),
                        "a tensor has no `." + name + "`; functions stand before it or behind `->`"));
        Optional<String> instead = instead(name, of);
        if (instead.isPresent()) {
            return error.help("write `" + instead.get() + "`");
        }
        String function = Foreign.name(name).orElse(name);
        return Builtins.named(function)
                .map(b -> error.help("write " + written(b, of)))
                .orElse(error);
    }

    /** A call with the tensor and the names of what else it needs. */
    private static String written(Builtin builtin, String of) {
        if (builtin.rule().isEmpty()) {
            return "`" + builtin.example().replaceFirst("^x ", Matcher.quoteReplacement(of) + " ") + "`";
        }
        List<String> more = builtin.slots().stream()
                .skip(1)
                .filter(Arguments.Slot::required)
                .map(Arguments.Slot::name)
                .toList();
        return more.isEmpty()
                ? "`" + builtin.name() + "(" + of + ")` or `" + of + " -> " + builtin.name() + "`"
                : "`" + builtin.name() + "(" + of + ", " + String.join(", ", more) + ")`";
    }

    private static Optional<String> instead(String name, String of) {
        return Optional.ofNullable(
                switch (name) {
                    case "shape" -> "shape(" + of + ")";
                    case "size" -> "dim(" + of + ", 0)";
                    case "ndim", "dim" -> "rank(" + of + ")";
                    case "T", "mT", "t" -> "transpose(" + of + ")";
                    case "view", "reshape" -> of + " -> reshape[N, 128]";
                    case "permute" -> of + " -> permute[0, 2, 1]";
                    case "unsqueeze" -> of + " -> unsqueeze[1]";
                    case "squeeze" -> of + " -> squeeze[1]";
                    case "expand" -> of + " -> broadcast_to[N, 3, 8]";
                    case "float" -> of + " -> cast[f32]";
                    case "double" -> of + " -> cast[f64]";
                    case "half" -> of + " -> cast[f16]";
                    case "long" -> of + " -> cast[i64]";
                    case "int" -> of + " -> cast[i32]";
                    case "bool" -> of + " -> cast[bool]";
                    case "to", "type", "astype" -> of + " -> cast[f32]";
                    case "contiguous", "cpu", "cuda", "clone" -> of;
                    case "masked_fill" -> "select(mask, 0.0, " + of + ")";
                    case "item", "numpy" -> of;
                    default -> null;
                });
    }
}
