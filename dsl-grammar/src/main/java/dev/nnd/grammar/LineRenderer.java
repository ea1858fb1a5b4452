package dev.nnd.grammar;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One line for each finding.
 *
 * @param form how the place is written
 */
record LineRenderer(Form form) implements DiagnosticRenderer {

    /** How the place is written. */
    enum Form {
        MAVEN,
        PLAIN
    }

    @Override
    public String render(List<Diagnostic> diagnostics) {
        var places = new Places();
        return DiagnosticRenderer.sorted(diagnostics).stream()
                .map(d -> line(d, places.of(d.span().file())))
                .collect(Collectors.joining());
    }

    private String line(Diagnostic diagnostic, Places.Lines lines) {
        String file = diagnostic.span().file().name();
        int line = lines.line(diagnostic.span().start());
        int column = lines.column(diagnostic.span().start());
        String code = diagnostic.severity().name().toLowerCase(Locale.ROOT) + "[" + diagnostic.code() + "]: ";
        String help = diagnostic.help().map(h -> " (" + h + ")").orElse("");
        String place = switch (form) {
            case MAVEN -> file + ":[" + line + "," + column + "] ";
            case PLAIN -> file + ":" + line + ":" + column + ": ";
        };
        return (place + code + diagnostic.message() + help).replace('\n', ' ').replace('\r', ' ') + "\n";
    }
}
