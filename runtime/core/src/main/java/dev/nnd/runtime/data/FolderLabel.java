package dev.nnd.runtime.data;

/** The name of the folder that is a picture's label: the one that the last {@code *} folder of a pattern matches. */
final class FolderLabel {
    private final int fromEnd;

    FolderLabel(String pattern) {
        String[] parts = pattern.split("/", -1);
        int last = parts.length - 2;
        while (last >= 0 && parts[last].indexOf('*') < 0) {
            last--;
        }
        this.fromEnd = last < 0 ? 1 : parts.length - 1 - last;
    }

    /** The label of a file, named from the data folder; empty if it lies in no folder that could be one. */
    String of(String name) {
        String[] parts = name.split("/", -1);
        int at = parts.length - 1 - fromEnd;
        return at < 0 ? "" : parts[at];
    }
}
