package dev.nnd.compiler.cli;

import dev.nnd.compiler.lsp.NndLanguageServer;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nnd lsp}. */
@Command(
        name = "lsp",
        description = "Serves an editor by the Language Server Protocol, over standard input and output.",
        mixinStandardHelpOptions = true)
final class LspCommand implements Callable<Integer> {

    @Option(names = "--stdio", description = "as without it; editors pass it by habit")
    void stdio(boolean on) {
        // Standard input and output are the only way.
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (OutputStream protocol = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))) {
            // Standard output belongs to the protocol: whatever else prints goes to standard error.
            System.setOut(System.err);
            return NndLanguageServer.serve(System.in, protocol, NndLanguageServer.userCache());
        }
    }
}
