package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import java.util.function.BiFunction;

/**
 * Statements among others.
 *
 * @param declaring writes the declaration of a variable of a free name
 * @param out where the statements go
 */
record StatementLocals(BiFunction<String, Operand, Code> declaring, Lines out) implements VectorCode.Locals {

    @Override
    public Code declare(String wanted, Operand value) {
        return declaring.apply(wanted, value);
    }

    @Override
    public void add(String statement) {
        out.add(statement);
    }

    @Override
    public void open(String header) {
        out.open(header);
    }

    @Override
    public void close() {
        out.close();
    }
}
