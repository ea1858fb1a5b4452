package dev.nnd.runtime.report;

import java.util.Locale;

/** A piece of a page while it is written. */
final class Markup {
    private final StringBuilder text = new StringBuilder();

    /** What goes in as it is. */
    Markup raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Formatted markup; its texts must be {@link #escaped}. */
    Markup raw(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments));
        return this;
    }

    /** What a user wrote, or a file held. */
    Markup text(String plain) {
        text.append(escaped(plain));
        return this;
    }

    /** Text that no browser takes for markup, without characters that a page must not hold. */
    static String escaped(String plain) {
        var safe = new StringBuilder(plain.length());
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default ->
                    safe.appendCodePoint(
                            Character.isISOControl(c) && c != '\n' && c != '\t' || c >= 0xD800 && c <= 0xDFFF
                                    ? 0xFFFD
                                    : c);
            }
        });
        return safe.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
