package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;

/** A name as written. */
public record Ident(String name, Span span) {}
