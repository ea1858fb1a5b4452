package dev.nnd.compiler.cli.graph;

import java.util.List;

/** Pictures for Graphviz, each a cluster of one digraph. */
public final class Dot {

    private Dot() {}

    /** The text of a {@code .dot} file. */
    public static String write(List<GraphPicture> pictures) {
        var text = new StringBuilder("digraph nnd {\n  node [shape=box, fontname=\"Helvetica\", fontsize=10];\n");
        for (int p = 0; p < pictures.size(); p++) {
            GraphPicture picture = pictures.get(p);
            text.append("  subgraph cluster")
                    .append(p)
                    .append(" {\n    label=")
                    .append(quoted(picture.title()))
                    .append(";\n");
            for (int i = 0; i < picture.boxes().size(); i++) {
                GraphPicture.Box box = picture.boxes().get(i);
                text.append("    n%d_%d [label=%s%s];\n"
                        .formatted(p, i, quoted(box.label() + "\n" + box.detail()), style(box.kind())));
            }
            for (GraphPicture.Arrow arrow : picture.arrows()) {
                text.append("    n%d_%d -> n%d_%d;\n".formatted(p, arrow.from(), p, arrow.to()));
            }
            text.append("  }\n");
        }
        return text.append("}\n").toString();
    }

    private static String style(GraphPicture.Kind kind) {
        return switch (kind) {
            case INPUT, OUTPUT -> ", shape=oval, style=bold";
            case PARAMETER -> ", shape=oval, color=gray";
            case CALL -> ", shape=box3d";
            case NODE -> "";
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
