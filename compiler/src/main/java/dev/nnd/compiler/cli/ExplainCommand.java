package dev.nnd.compiler.cli;

import dev.nnd.grammar.Spelling;
import dev.nnd.runtime.NndException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nnd explain}. */
@Command(
        name = "explain",
        description = "Explains a finding's code, such as NND0001; lists all codes if none is given.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    private static final Pattern CODE = Pattern.compile("(?:NND)?(\\d{1,4})");
    private static final int CODES = 10_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "CODE", arity = "0..1", description = "the code in the brackets of a finding")
    private String code = "";

    ExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (code.isEmpty()) {
            known().forEach(c -> terminal.out().println(title(c)));
            return Nnd.FINE;
        }
        String wanted = normal(code);
        String page = page(wanted);
        if (page == null) {
            String nearest = Spelling.nearest(wanted, known())
                    .map(c -> "did you mean " + c + "?")
                    .orElse("");
            throw new NndException(
                    "There is no code " + code + ".",
                    nearest.isEmpty() ? "codes look like NND0001 and stand in the brackets of a finding" : nearest,
                    null);
        }
        terminal.out().print(page);
        return Nnd.FINE;
    }

    /** {@code NND0001: unexpected token}. */
    private static String title(String code) {
        String page = String.valueOf(page(code));
        return page.substring("# ".length(), page.indexOf('\n')).strip();
    }

    private static String normal(String code) {
        var number = CODE.matcher(code.toUpperCase(Locale.ROOT));
        return number.matches()
                ? String.format("NND%04d", Integer.parseInt(number.group(1)))
                : code.toUpperCase(Locale.ROOT);
    }

    private static @Nullable String page(String code) {
        if (!code.matches("NND\\d{4}")) {
            return null;
        }
        try (InputStream page = ExplainCommand.class.getResourceAsStream("/nnd/diagnostics/" + code + ".md")) {
            return page == null ? null : new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> known() {
        var known = new ArrayList<String>();
        for (int i = 1; i < CODES; i++) {
            String candidate = String.format("NND%04d", i);
            if (ExplainCommand.class.getResource("/nnd/diagnostics/" + candidate + ".md") != null) {
                known.add(candidate);
            }
        }
        return known;
    }
}
