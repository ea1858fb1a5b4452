package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code mixup} and {@code cutmix} mix finished examples of a batch with each other: all fields that a section mixes, by one
 * share, so that a target says what the input is made of.
 */
final class MixRules {
    private final Checking c;
    private final List<TypedData.Field> fields;

    /** A field that is mixed. */
    private record Mixed(TypedData.Field field, Augmentation of, Augmentation.Step step) {
        boolean isImage() {
            return field.type().rank() == 3;
        }

        String call() {
            return step.span().text();
        }
    }

    MixRules(Checking c, List<TypedData.Field> fields) {
        this.c = c;
        this.fields = fields;
    }

    void check(List<Augmentation> augmentations) {
        boolean last = true;
        for (Augmentation augmentation : augmentations) {
            List<Augmentation.Step> before =
                    augmentation.steps().subList(0, augmentation.steps().size() - 1);
            for (Augmentation.Step step : before) {
                if (step.kind().mixes()) {
                    notLast(augmentation, step);
                    last = false;
                }
            }
        }
        if (!last) {
            return;
        }
        List<Mixed> mixed =
                augmentations.stream().flatMap(a -> mixed(a).stream()).toList();
        if (mixed.isEmpty() || !alike(mixed)) {
            return;
        }
        if (mixed.getFirst().step().kind() == Augmentation.Kind.CUTMIX) {
            cuts(mixed);
        }
        targets(mixed);
    }

    private Optional<Mixed> mixed(Augmentation augmentation) {
        Augmentation.Step last = augmentation.steps().getLast();
        return last.kind().mixes()
                ? fields.stream()
                        .filter(f -> f.name().equals(augmentation.field()))
                        .findFirst()
                        .map(f -> new Mixed(f, augmentation, last))
                : Optional.empty();
    }

    private void notLast(Augmentation of, Augmentation.Step step) {
        String others = of.steps().stream()
                .filter(s -> !s.equals(step))
                .map(s -> s.span().text())
                .collect(Collectors.joining(" -> "));
        c.report(Diagnostic.error(
                        "NND0425",
                        step.span(),
                        "`" + step.kind().text() + "` mixes finished examples, and other stages follow it")
                .candidate(
                        "put it last",
                        of.span(),
                        "augment " + of.field() + " -> " + others + " -> "
                                + step.span().text()));
    }

    private boolean alike(List<Mixed> mixed) {
        Mixed first = mixed.getFirst();
        for (Mixed other : mixed) {
            boolean same = other.step().kind() == first.step().kind()
                    && other.step().options().equals(first.step().options());
            if (!same) {
                c.report(Diagnostic.error(
                                "NND0425",
                                other.step().span(),
                                "a section mixes its examples in one way, and `" + first.call() + "` mixes `"
                                        + first.field().name() + "`")
                        .label(first.step().span(), "the other is here")
                        .note("the fields of an example are mixed together: a target says what the input is made of")
                        .fix(other.step().span(), first.call()));
                return false;
            }
        }
        return true;
    }

    private void cuts(List<Mixed> mixed) {
        List<Mixed> images = mixed.stream().filter(Mixed::isImage).toList();
        if (images.isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0425",
                            mixed.getFirst().step().span(),
                            "`cutmix` cuts a part out of an image, [channels, height, width], and `"
                                    + mixed.getFirst().field().name() + "` is "
                                    + mixed.getFirst().field().type())
                    .label(mixed.getFirst().field().span(), "declared here")
                    .help("mix the image as well, or take `mixup`"));
            return;
        }
        Mixed first = images.getFirst();
        for (Mixed other : images) {
            boolean same = other.field()
                            .type()
                            .dim(1)
                            .equals(first.field().type().dim(1))
                    && other.field().type().dim(2).equals(first.field().type().dim(2));
            if (!same) {
                c.report(Diagnostic.error(
                                "NND0425",
                                other.step().span(),
                                "`cutmix` cuts the same part out of all images, and `"
                                        + other.field().name() + "` is "
                                        + other.field().type() + ", `"
                                        + first.field().name() + "` "
                                        + first.field().type())
                        .label(first.field().span(), "`" + first.field().name() + "` is declared here"));
                return;
            }
        }
    }

    /** Who mixes inputs and has labels trains on the shares of the labels. */
    private void targets(List<Mixed> mixed) {
        Optional<TypedData.Field> label =
                fields.stream().filter(f -> f.label().isPresent()).findFirst();
        if (label.isEmpty() || mixed.stream().anyMatch(m -> m.field().type().rank() <= 1 && !isAlone(mixed, m))) {
            return;
        }
        Mixed first = mixed.getFirst();
        String name = fields.stream().anyMatch(f -> f.name().equals("target"))
                ? label.get().name() + "_shares"
                : "target";
        int classes = label.get().label().orElseThrow().names().size();
        String field =
                "field " + name + ": f32[" + classes + "] = " + label.get().name() + " -> one_hot(" + classes + ")";
        String augment = "augment " + name + " -> " + first.call();
        c.report(Diagnostic.error(
                        "NND0425",
                        first.step().span(),
                        "`" + first.call() + "` mixes `" + first.field().name()
                                + "` of two examples, and nothing mixes their `"
                                + label.get().name() + "`")
                .label(label.get().span(), "this is the label of one of them")
                .help("mix the label's probabilities too, and train on `soft_cross_entropy(..., " + name + ")`: `"
                        + field + "` and `" + augment + "`")
                .fix(first.of().span(), first.of().span().text() + "\n  " + field + "\n  " + augment));
    }

    /** A row of numbers that is the only thing mixed is an input. */
    private static boolean isAlone(List<Mixed> mixed, Mixed one) {
        return mixed.size() == 1 && mixed.getFirst().equals(one);
    }
}
