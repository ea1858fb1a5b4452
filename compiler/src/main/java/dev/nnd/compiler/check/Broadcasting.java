package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** NumPy's rule for equal dims and the literal 1; a symbolic dim is never taken to be 1. */
final class Broadcasting {

    private final Checking c;

    Broadcasting(Checking c) {
        this.c = c;
    }

    /** The common dims, if there are any; what does not fit is reported. */
    Optional<List<Dim>> together(List<Val.Tensor> operands, String what, At at) {
        List<Dim> dims = operands.getFirst().type().dims();
        for (int i = 1; i < operands.size(); i++) {
            List<Dim> other = operands.get(i).type().dims();
            var joined = new ArrayList<Dim>();
            int rank = Math.max(dims.size(), other.size());
            for (int back = rank; back >= 1; back--) {
                Dim a = back > dims.size() ? Dim.ONE : dims.get(dims.size() - back);
                Dim b = back > other.size() ? Dim.ONE : other.get(other.size() - back);
                Optional<Dim> one = join(a, b);
                if (one.isEmpty()) {
                    return mismatch(operands.getFirst(), operands.get(i), a, b, back, what, at);
                }
                joined.add(one.get());
            }
            dims = joined;
        }
        return Optional.of(dims);
    }

    /**
     * Warns where [N, 1] and [N] have become [N, N], all pairs of examples instead of one number each. Equal ranks say that pairs are
     * meant: [N, 1] and [1, N].
     */
    void warnOfPairs(Val.Tensor a, Val.Tensor b, List<Dim> joined, String what, At at) {
        Val.Tensor narrow = a.type().rank() < b.type().rank() ? a : b;
        if (a.type().rank() == b.type().rank()
                || !inPairs(a.type().dims(), b.type().dims(), joined)) {
            return;
        }
        Diagnostic warning = Diagnostic.warning(
                "NND0551",
                at.span(),
                what + " makes " + a.type().withDims(joined) + " of " + a.type() + " and " + b.type()
                        + ": each example with each other one");
        c.report(b.trace()
                .mark(a.trace().mark(warning))
                .note("dims are compared from the last one; a missing dim counts as 1")
                .help("put `-> unsqueeze[-1]` behind the " + narrow.type() + " to take example by example, or"
                        + " `-> unsqueeze[0]` if all pairs are meant"));
    }

    /** Whether a dim that is no number is there twice, and once at most on either side. */
    private static boolean inPairs(List<Dim> a, List<Dim> b, List<Dim> joined) {
        return joined.stream()
                .filter(d -> d.constant().isEmpty())
                .anyMatch(d -> count(joined, d) > 1 && count(a, d) < 2 && count(b, d) < 2);
    }

    private static long count(List<Dim> dims, Dim dim) {
        return dims.stream().filter(dim::equals).count();
    }

    private Optional<Dim> join(Dim a, Dim b) {
        if (b.is(1) || (!a.is(1) && c.same(a, b))) {
            return Optional.of(a);
        }
        return a.is(1) ? Optional.of(b) : Optional.empty();
    }

    private Optional<List<Dim>> mismatch(
            Val.Tensor left, Val.Tensor right, Dim a, Dim b, int back, String what, At at) {
        Diagnostic error = Diagnostic.error(
                "NND0303",
                at.span(),
                what + " cannot combine " + left.type() + " and " + right.type() + ": " + a + " against " + b + " in "
                        + (back == 1 ? "the last dim" : "dim " + back + " from the end"));
        Diagnostic marked = right.trace().mark(left.trace().mark(error));
        marked = c.dims().unequal(marked, a, b);
        boolean column = left.type().rank() != right.type().rank();
        c.report(column ? marked.note("dims are compared from the last one; a missing dim counts as 1") : marked);
        return Optional.empty();
    }
}
