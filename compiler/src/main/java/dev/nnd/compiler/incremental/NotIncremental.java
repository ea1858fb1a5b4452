package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Origin;

/** Why a graph has no step: an op needs more than the positions so far, or in a form that no cache holds. */
final class NotIncremental extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Origin origin;

    /** A problem of what a place in the file computes. */
    NotIncremental(String problem, Origin origin) {
        super(problem);
        this.origin = origin;
    }

    Origin origin() {
        return origin;
    }
}
