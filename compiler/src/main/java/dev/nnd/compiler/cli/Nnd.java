package dev.nnd.compiler.cli;

import dev.nnd.runtime.NndException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code nnd} command. */
@Command(
        name = "nnd",
        description = "Compiles neural networks that are written as text to readable Java, and trains them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "nnd COMMAND --help says more about a command."})
public final class Nnd implements Runnable {

    /** Everything went well. */
    public static final int FINE = 0;

    /** Something that the user can put right: an error in a .nnd file, a missing file, bad data. */
    public static final int USER_ERROR = 1;

    /** The command line itself is wrong. */
    public static final int WRONG_USAGE = 2;

    /** Stopped by Ctrl-C, as shells report it. */
    public static final int INTERRUPTED = 130;

    /** Set for a stack trace when nnd itself fails. */
    private static final String DEBUG = "nnd.debug";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** The command with these words, on the process's streams. */
    public static void main(String[] words) {
        System.exit(run(Terminal.ofProcess(System.getenv()), words));
    }

    /** Runs a command and returns its exit code. */
    public static int run(Terminal terminal, String... words) {
        var nnd = new CommandLine(new Nnd());
        commands(terminal, words.length == 0 ? "" : words[0]).forEach(command -> nnd.addSubcommand(command.get()));
        nnd.setCaseInsensitiveEnumValuesAllowed(true);
        nnd.setOut(terminal.out());
        nnd.setErr(terminal.err());
        nnd.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        nnd.setParameterExceptionHandler((problem, arguments) -> usage(terminal, problem));
        nnd.setExecutionExceptionHandler((problem, command, result) -> failed(terminal, problem));
        int code = nnd.execute(words);
        terminal.out().flush();
        terminal.err().flush();
        return code;
    }

    /** The command of that name alone, since to make one takes time; all of them if it is none, for the help and for proposals. */
    private static Collection<Supplier<Object>> commands(Terminal terminal, String name) {
        var all = new LinkedHashMap<String, Supplier<Object>>();
        all.put("check", () -> new CheckCommand(terminal));
        all.put("fmt", () -> new FmtCommand(terminal, System.in));
        all.put("compile", () -> new CompileCommand(terminal));
        all.put("summary", () -> new SummaryCommand(terminal));
        all.put("graph", () -> new GraphCommand(terminal));
        all.put("train", () -> new TrainCommand(terminal));
        all.put("tune", () -> new TuneCommand(terminal));
        all.put("runs", () -> new RunsCommand(terminal));
        all.put("eval", () -> new EvalCommand(terminal));
        all.put("predict", () -> new PredictCommand(terminal));
        all.put("generate", () -> new GenerateCommand(terminal));
        all.put("lora", () -> new LoraCommand(terminal));
        all.put("draw", () -> new DrawCommand(terminal));
        all.put("profile", () -> new ProfileCommand(terminal));
        all.put("import", () -> new ImportCommand(terminal));
        all.put("export", () -> new ExportCommand(terminal));
        all.put("explain", () -> new ExplainCommand(terminal));
        all.put("lsp", LspCommand::new);
        // No method reference: JDK 25 fails to put one to a class of an old format into its cache.
        all.put("help", () -> new CommandLine.HelpCommand());
        Supplier<Object> named = all.get(name);
        return named == null || name.equals("help") ? all.values() : List.of(named);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int usage(Terminal terminal, ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = String.valueOf(problem.getMessage());
        String help = "`" + name + " --help` lists what it takes";
        if (problem instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().getFirst();
            String kind =
                    word.startsWith("-") ? "option" : command.getParent() == null ? "command" : "further argument";
            message = "`" + name + "` has no " + kind + " `" + word + "`";
            help = unmatched.getSuggestions().stream()
                    .findFirst()
                    .map(s -> "did you mean `" + s.substring(s.lastIndexOf(' ') + 1) + "`?")
                    .orElse(help);
        }
        terminal.error(Character.toLowerCase(message.charAt(0)) + message.substring(1), help);
        return WRONG_USAGE;
    }

    private static int failed(Terminal terminal, Exception problem) {
        if (problem instanceof NndException known) {
            terminal.error(String.valueOf(known.getMessage()), known.help().orElse(""));
            return USER_ERROR;
        }
        terminal.error(
                "nnd itself failed: " + problem,
                "this is a bug of nnd; please report it with the .nnd file (-D" + DEBUG + "=true shows the stack)");
        if (Boolean.getBoolean(DEBUG)) {
            problem.printStackTrace(terminal.err());
        }
        return USER_ERROR;
    }
}
