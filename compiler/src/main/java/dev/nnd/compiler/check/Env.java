package dev.nnd.compiler.check;

/**
 * Where an expression stands.
 *
 * @param home the file's names
 * @param scope the names around it
 * @param body what is being built
 * @param pure true in a function, where no weights can be made
 */
record Env(FileScope home, Scope scope, Body body, boolean pure) {

    /** The same place with a new innermost scope. */
    Env inner() {
        return new Env(home, new Scope(scope), body, pure);
    }

    /** The same place with other names. */
    Env in(Scope other) {
        return new Env(home, other, body, pure);
    }
}
