package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.ast.Walk;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedProgram;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.compiler.typed.TypedTune;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Checks one file and what it uses: names, shapes, data and training. */
public final class Checker {

    private final FileScope library;

    /** A checker with this library; it holds no state from one file to the next. */
    public Checker(StandardLibrary library) {
        this.library = FileScope.ofLibrary(library);
    }

    /** Turns a parsed file into a typed program; all findings are in the result, none is thrown. */
    public Checked check(NndFile file, Sources imports) {
        return check(file, imports, Watch.NONE);
    }

    /** The same, while {@code watch} looks on. */
    public Checked check(NndFile file, Sources imports, Watch watch) {
        return new Run(file, imports, Recorder.OFF, watch).run();
    }

    /**
     * The same, and what there is to know about the places of the file: for editors. Throws
     * {@link java.util.concurrent.CancellationException} soon after {@code cancelled} says so.
     */
    public Checked checkAndIndex(NndFile file, Sources imports, BooleanSupplier cancelled) {
        return new Run(file, imports, Recorder.of(file.source(), cancelled), Watch.NONE).run();
    }

    /** The check of one file. */
    private final class Run {
        private final NndFile file;
        private final Checking c;
        private final FileScope home;
        private final DataSections data;
        private final Map<Decl.Block, TypedModel> models = new IdentityHashMap<>();
        private final List<TypedTrain> trains = new ArrayList<>();
        private final List<TypedTune> tunes = new ArrayList<>();

        Run(NndFile file, Sources imports, Recorder recorder, Watch watch) {
            this.file = file;
            this.c = new Checking(file.source(), library, recorder, watch);
            this.home = new Imports(c, imports).root(file);
            this.data = new DataSections(c, home);
            c.data(data);
        }

        Checked run() {
            new Declarations(c).check(file);
            each(Decl.Block.class)
                    .forEach(b -> c.uses().defaults(b.parameters(), b.name().name(), home, b.span()));
            each(Decl.Function.class)
                    .forEach(f -> c.uses().defaults(f.parameters(), f.name().name(), home, f.span()));
            each(Decl.Data.class).forEach(d -> data.find(d, home));
            each(Decl.Block.class).stream().filter(b -> isRoot(b)).forEach(this::root);
            each(Decl.Train.class)
                    .forEach(t -> TrainChecker.check(c, home, t, data::find).ifPresent(trains::add));
            each(Decl.Block.class).forEach(this::settle);
            each(Decl.Tune.class)
                    .forEach(t ->
                            TuneChecker.check(c, home, t, data::find, trains).ifPresent(tunes::add));
            each(Decl.Block.class).stream()
                    .filter(b -> !c.blocks().reached(b))
                    .forEach(b -> c.blocks().generic(b, home));
            each(Decl.Function.class).stream()
                    .filter(f -> !c.calls().reached(f))
                    .forEach(f -> c.calls().checkGenerically(f, home));
            if (c.problems().errors() == 0) {
                new Unused(c).check(file);
            }
            return new Checked(program(), c.problems().sorted(), c.recorder().index());
        }

        private <T extends Decl> List<T> each(Class<T> type) {
            return file.declarations().stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        /** A model whose parameters all have defaults. */
        private boolean isRoot(Decl.Block block) {
            return block.model()
                    && block.parameters().stream()
                            .allMatch(p -> p.defaultValue().isPresent());
        }

        private void root(Decl.Block model) {
            Optional<TypedBlock> block = c.blocks().root(model, home);
            block.ifPresent(b -> models.put(model, Models.of(model, home, b)));
        }

        /** A model without defaults, or whose weights depend on free dims, is what a train section makes of it. */
        private void settle(Decl.Block block) {
            Optional<TypedTrain.Trained> used = trains.stream()
                    .flatMap(t -> t.models().stream())
                    .filter(m -> m.model()
                            .declaration()
                            .name()
                            .span()
                            .equals(block.name().span()))
                    .findFirst();
            TypedModel standing = models.get(block);
            if (standing == null) {
                used.ifPresent(u -> models.put(block, u.declared()));
            } else if (Models.hasOpenWeights(standing)) {
                if (used.isPresent()) {
                    models.put(block, used.get().model());
                } else if (isOfBrokenTraining(block)) {
                    models.remove(block);
                } else if (!Models.weightsAreFixed(c, standing)) {
                    models.remove(block);
                }
            }
        }

        /** True for the model of a train section with errors: what the section would make of it is not known. */
        private boolean isOfBrokenTraining(Decl.Block block) {
            return each(Decl.Train.class).stream()
                    .filter(t -> trains.stream().noneMatch(d -> d.declaration().equals(t)))
                    .flatMap(t -> t.items().stream())
                    .anyMatch(i -> i instanceof TrainItem.Model m
                            && Walk.names(m.value()).stream()
                                    .anyMatch(n -> n.name().equals(block.name().name())));
        }

        private TypedProgram program() {
            List<TypedModel> made = each(Decl.Block.class).stream()
                    .filter(models::containsKey)
                    .map(models::get)
                    .toList();
            List<TypedData> sections = each(Decl.Data.class).stream()
                    .flatMap(d -> data.find(d, home).stream())
                    .toList();
            return new TypedProgram(file.source(), file.doc(), made, sections, trains, tunes);
        }
    }

    /** Names of declarations: each once, with a capital for what becomes a class. */
    private record Declarations(Checking c) {

        void check(NndFile file) {
            var first = new HashMap<String, Decl>();
            for (Decl declaration : file.declarations()) {
                String name = declaration.name().name();
                Decl before = first.putIfAbsent(name, declaration);
                if (before != null) {
                    c.report(Diagnostic.error("NND0104", declaration.name().span(), "`" + name + "` is declared twice")
                            .label(before.name().span(), "the first is here"));
                }
                boolean capital = Character.isUpperCase(name.charAt(0));
                boolean function = declaration instanceof Decl.Function;
                if (capital == function) {
                    c.report(naming(declaration, function));
                }
                if (declaration instanceof Decl.Block block && block.model() && block.checkpoint()) {
                    c.report(wholeModel(block));
                }
            }
        }

        private static Diagnostic wholeModel(Decl.Block model) {
            int start = model.span().start();
            var word = new Span(model.span().file(), start, start + "checkpoint".length());
            return Diagnostic.error("NND0119", word, "`checkpoint` stands in front of a model")
                    .note("all of a model computed again needs as much memory as all of it kept; its blocks, one after "
                            + "the other, need less")
                    .help("write `checkpoint` in front of the blocks that repeat in it")
                    .fix(
                            new Span(
                                    model.span().file(),
                                    start,
                                    model.span().file().text().indexOf("model", start)),
                            "");
        }

        private static Diagnostic naming(Decl declaration, boolean function) {
            String name = declaration.name().name();
            String meant =
                    function ? LayerCalls.snake(name) : Character.toUpperCase(name.charAt(0)) + name.substring(1);
            return Diagnostic.error(
                            "NND0114",
                            declaration.name().span(),
                            "`" + name + "` starts with a " + (function ? "capital" : "small") + " letter")
                    .note("a capital letter is for what makes weights or a class, a small one for a function")
                    .help("call it `" + meant + "`")
                    .fix(declaration.name().span(), meant);
        }
    }
}
