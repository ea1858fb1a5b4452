package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.NndFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All places of a file that name something, in the order of the text. */
public record FileNames(List<Occurrence> occurrences) {

    public FileNames {
        occurrences = inOrder(occurrences);
    }

    /** Each place once; compared by places, since symbols hold whole declarations. */
    private static List<Occurrence> inOrder(List<Occurrence> found) {
        var sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt((Occurrence o) -> o.span().start()));
        var kept = new ArrayList<Occurrence>();
        for (Occurrence o : sorted) {
            boolean twice = !kept.isEmpty()
                    && kept.getLast().span().start() == o.span().start()
                    && kept.getLast().symbol().isSame(o.symbol());
            if (!twice) {
                kept.add(o);
            }
        }
        return List.copyOf(kept);
    }

    /** The names of a file. */
    public static FileNames of(NndFile file, Globals globals) {
        return new FileNames(new NameResolution(globals).run(file));
    }

    /** What an offset is in. */
    public Optional<Occurrence> at(int offset) {
        Optional<Occurrence> behind = Optional.empty();
        for (Occurrence occurrence : occurrences) {
            if (occurrence.span().start() > offset) {
                break;
            }
            if (occurrence.holds(offset)) {
                behind = Optional.of(occurrence);
            }
        }
        return behind;
    }

    /** The places that name a symbol. */
    public List<Occurrence> of(Symbol symbol) {
        return occurrences.stream().filter(o -> o.symbol().isSame(symbol)).toList();
    }
}
