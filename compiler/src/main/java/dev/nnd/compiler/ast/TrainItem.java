package dev.nnd.compiler.ast;

import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Optional;

/** A statement of a {@code train} declaration. */
public sealed interface TrainItem {

    Span span();

    /** {@code model net = SimpleCnn() from "w.safetensors" mapping { "a" -> "b" } frozen}. */
    record Model(Ident name, Expr value, Optional<Expr> from, List<MappingEntry> mapping, boolean frozen, Span span)
            implements TrainItem {}

    /** {@code "bert.encoder.{i}" -> "layer.{i}"}: a name in the file, then the name here. */
    record MappingEntry(Expr file, Expr here, Span span) {}

    /** {@code data Mnist}. */
    record Data(Ident name, Span span) implements TrainItem {}

    /** {@code let s = student(image)}. */
    record Let(Ident name, Expr value, Span span) implements TrainItem {}

    /** {@code let (mean, scale) = encoder(image)}. */
    record Unpack(List<Ident> names, Expr value, Span span) implements TrainItem {}

    /** {@code minimize EXPR over a, b using adam(lr: lr)}. */
    record Minimize(Expr loss, List<Expr> over, Expr optimizer, Span span) implements TrainItem {}

    /** {@code metric accuracy(net(image), label), f1(...)}. */
    record Metric(List<Expr> metrics, Span span) implements TrainItem {}

    /** {@code freeze net.embed}. */
    record Freeze(List<Expr> paths, Span span) implements TrainItem {}

    /** {@code adapt net.layers using lora(rank: 8)}. */
    record Adapt(List<Expr> paths, Expr adapter, Span span) implements TrainItem {}

    /** What is said to be better of a number. */
    enum Direction {
        /** The higher the better. */
        HIGHEST,
        /** The lower the better. */
        LOWEST
    }

    /** {@code keep best by validation.accuracy}; {@code count} if {@code keep best 3 by ...}. */
    record Keep(Optional<Expr> count, Optional<Direction> direction, Expr by, Span span) implements TrainItem {}

    /** {@code stop early on validation.loss patience 2 epochs}. */
    record StopEarly(Optional<Direction> direction, Expr on, Optional<Expr> patience, Span span) implements TrainItem {}

    /** {@code checkpoint every 250 steps keep 3}. */
    record Checkpoint(Expr every, Optional<Expr> keep, Span span) implements TrainItem {}

    /** {@code validate every 100 steps}. */
    record Validate(Expr every, Span span) implements TrainItem {}

    /** A word and a value: {@code epochs 10}, {@code batch 64}, {@code steps 5000}, {@code seed 1}, {@code precision bf16}, {@code accumulate 4}, {@code clip_norm 1.0}, {@code ema 0.999}. */
    record Setting(Ident name, Expr value, Span span) implements TrainItem {}
}
