package dev.nnd.compiler.lsp.names;

import dev.nnd.compiler.ast.NndFile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All places of a file that name something, in the order of the text. */
public record FileNames(List<Occurrence> occurrences) {

    public FileNames {
        occurrences = occurrences.stream()
                .sorted(Comparator.comparingInt((Occurrence o) -> o.span().start()))
                .distinct()
                .toList();
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
