package dev.nnd.compiler.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err findings and progress
 * @param colour true for ANSI colours
 * @param live true if a line may be printed over
 */
public record Terminal(PrintWriter out, PrintWriter err, boolean colour, boolean live) {

    /** The process's own streams; colours and live lines only if a person sees them. */
    static Terminal ofProcess(Map<String, String> environment) {
        var console = System.console();
        boolean person = console != null && console.isTerminal() && !"dumb".equals(environment.get("TERM"));
        boolean colour = person && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                colour,
                person);
    }

    /** Plain writers, as tests and other programs use them. */
    public static Terminal plain(PrintWriter out, PrintWriter err) {
        return new Terminal(out, err, false, false);
    }

    /** One sentence that says what is wrong, and one that says what to do. */
    void error(String message, String help) {
        err.println((colour ? "\u001b[1;31merror\u001b[0m: " : "error: ") + message);
        if (!help.isEmpty()) {
            err.println((colour ? "\u001b[1;32mhelp:\u001b[0m " : "help: ") + help);
        }
        err.flush();
    }
}
