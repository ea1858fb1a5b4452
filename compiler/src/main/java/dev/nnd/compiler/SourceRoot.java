package dev.nnd.compiler;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folder below which a file's imports are looked for. */
public final class SourceRoot {

    private static final Pattern PACKAGE = Pattern.compile("^\\s*package\\s+([\\w.]+)", Pattern.MULTILINE);

    private SourceRoot() {}

    /** The folder above the package's folders; the file's own if it does not lie in folders of its package. */
    public static Path of(Path folder, String text) {
        Matcher declared = PACKAGE.matcher(text);
        if (!declared.find()) {
            return folder;
        }
        Path root = folder;
        List<String> parts = List.of(declared.group(1).split("\\.", -1));
        for (String part : parts.reversed()) {
            if (root.getFileName() == null || !root.getFileName().toString().equals(part) || root.getParent() == null) {
                return folder;
            }
            root = root.getParent();
        }
        return root;
    }
}
