package dev.nnd.compiler.check;

import dev.nnd.grammar.Span;

/** A place in the text and the names that hold there. */
record At(Span span, Env env) {}
