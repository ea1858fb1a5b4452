package dev.nnd.compiler.check;

import dev.nnd.grammar.Diagnostic;

/** Looks on while a file is checked. To give up the check, it throws an exception of its own. */
public interface Watch {

    /** Looks away. */
    Watch NONE = new Watch() {
        @Override
        public void found(Diagnostic finding) {}

        @Override
        public void evaluates() {}
    };

    /** There is a finding; findings do not come in source order. */
    void found(Diagnostic finding);

    /** An expression is about to be evaluated: the measure of how much there is to do. */
    void evaluates();

    /** This one, told of no findings: for a check on the way that is nobody's concern. */
    default Watch ofWork() {
        return new Watch() {
            @Override
            public void found(Diagnostic finding) {}

            @Override
            public void evaluates() {
                Watch.this.evaluates();
            }
        };
    }
}
