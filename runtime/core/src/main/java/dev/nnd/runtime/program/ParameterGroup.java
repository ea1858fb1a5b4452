package dev.nnd.runtime.program;

/** Parameters of a {@link ParameterSet} that lie side by side in its slabs, so that one call of a kernel changes them all. */
public final class ParameterGroup {

    private final String name;
    private long from = -1;
    private long to = -1;

    ParameterGroup(String name) {
        this.name = name;
    }

    void place(long first, long end) {
        from = first;
        to = end;
    }

    /** The first element in each slab. */
    public long from() {
        return placed(from);
    }

    /** The element behind the last one. */
    public long to() {
        return placed(to);
    }

    private long placed(long offset) {
        if (offset < 0) {
            throw new IllegalStateException("the group " + name + " has no memory yet");
        }
        return offset;
    }

    @Override
    public String toString() {
        return name;
    }
}
