package dev.nnd.compiler.type;

/** Decides statements over dims of which only is known that they are at least 1; see {@link Assumptions} for more. */
public final class DimProver {

    private DimProver() {}

    /** Are the two equal for all values? */
    public static DimAnswer equal(Dim a, Dim b) {
        return Assumptions.NONE.equal(a, b);
    }

    /** Is a at most b for all values? */
    public static DimAnswer atMost(Dim a, Dim b) {
        return Assumptions.NONE.atMost(a, b);
    }
}
