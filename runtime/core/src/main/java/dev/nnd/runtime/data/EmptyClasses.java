package dev.nnd.runtime.data;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Finds labels that no training row has: a model can't learn them, and most often a name is misspelled. */
record EmptyClasses(Dataset dataset, RowSet rows) {

    /** One plain sentence for each label field that has such labels. */
    List<String> warnings() {
        var warnings = new ArrayList<String>();
        for (int f = 0; f < dataset.fields().size(); f++) {
            List<String> names = dataset.fields().get(f).labelNames();
            if (names != null) {
                add(f, names, warnings);
            }
        }
        return warnings;
    }

    private void add(int field, List<String> names, List<String> warnings) {
        var met = new boolean[names.size()];
        int left = names.size();
        var row = rows.cursor();
        try (var arena = Arena.ofConfined()) {
            var label = arena.allocate(ValueLayout.JAVA_INT);
            for (int i = 0; i < rows.size() && left > 0; i++) {
                dataset.encode(field, row.seek(rows.row(i)), label, 0);
                int index = label.get(ValueLayout.JAVA_INT, 0);
                left -= met[index] ? 0 : 1;
                met[index] = true;
            }
        }
        var empty = new ArrayList<String>();
        for (int i = 0; i < met.length; i++) {
            if (!met[i]) {
                empty.add(names.get(i));
            }
        }
        if (!empty.isEmpty()) {
            warnings.add("No row of `" + rows.name() + "` has the "
                    + (empty.size() == 1 ? "label " : "labels ") + Labels.listed(empty) + " of `"
                    + dataset.fields().get(field).name() + "`, so that a model can't learn "
                    + (empty.size() == 1 ? "it." : "them."));
        }
    }
}
