package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Origin;

/** Where fused nodes come from. */
final class Origins {

    private Origins() {}

    /** From both: {@code Conv2d(32, kernel: 3) -> relu}, if the second stands behind the first in one file. */
    static Origin joined(Origin first, Origin second) {
        boolean behind = first.span().file().equals(second.span().file())
                && second.span().start() >= first.span().end();
        return behind
                ? new Origin(first.span().to(second.span()), first.instance(), first.text() + " -> " + second.text())
                : first;
    }
}
