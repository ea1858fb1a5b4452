package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;
import java.util.function.Supplier;

/** The operand types of one op, with the checks that shape rules are made of; each throws a {@link GraphException}. */
record Operands(Op op, List<TensorType> types, Origin origin) {

    TensorType type(int index) {
        return types.get(index);
    }

    List<Dim> dims(int index) {
        return types.get(index).dims();
    }

    List<Dim> allButLast(int index) {
        return dims(index).subList(0, type(index).rank() - 1);
    }

    void require(boolean condition, String problem) {
        if (!condition) {
            throw new GraphException(op, origin, problem);
        }
    }

    /** The problem's text takes longer to write than most conditions to check. */
    void require(boolean condition, Supplier<String> problem) {
        if (!condition) {
            throw new GraphException(op, origin, problem.get());
        }
    }

    void count(int expected) {
        require(types.size() == expected, () -> "takes " + expected + " operands, has " + types);
    }

    void dtype(int index, DType expected) {
        require(type(index).dtype() == expected, () -> place(index) + " should be of dtype " + expected);
    }

    void number(int index) {
        require(type(index).dtype().kind() != DType.Kind.BOOL, () -> place(index) + " should be a number");
    }

    void floating(int index) {
        require(type(index).dtype().isFloat(), () -> place(index) + " should be a float");
    }

    void rank(int index, int expected) {
        require(type(index).rank() == expected, () -> place(index) + " should have rank " + expected);
    }

    void atLeast(int index, int rank) {
        require(type(index).rank() >= rank, () -> place(index) + " should have a rank of at least " + rank);
    }

    void dims(int index, List<Dim> expected) {
        require(dims(index).equals(expected), () -> place(index) + " should have the dims " + expected);
    }

    List<Dim> broadcast(List<Dim> a, List<Dim> b) {
        try {
            return ShapeRules.broadcast(a, b);
        } catch (IllegalArgumentException e) {
            throw new GraphException(op, origin, String.valueOf(e.getMessage()));
        }
    }

    private String place(int index) {
        return "operand " + index + ", " + type(index) + ",";
    }
}
