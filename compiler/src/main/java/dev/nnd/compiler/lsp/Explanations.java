package dev.nnd.compiler.lsp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The pages that {@code nnd explain} prints. */
final class Explanations {

    private Explanations() {}

    /** The page of a code, as Markdown. */
    static Optional<String> of(String code) {
        if (!code.matches("NND\\d{4}")) {
            return Optional.empty();
        }
        try (InputStream page = Explanations.class.getResourceAsStream("/nnd/diagnostics/" + code + ".md")) {
            return page == null
                    ? Optional.empty()
                    : Optional.of(new String(page.readAllBytes(), StandardCharsets.UTF_8)
                            .replaceFirst("(?m)^# ", "**" + "$0")
                            .replaceFirst("(?m)^\\*\\*# (.*)$", "**$1**"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
