package dev.nnd.maven;

import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/** Fails for .nnd files that {@code nnd fmt} would change; writes nothing. */
@Mojo(name = "fmt-check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class FmtCheckMojo extends NndMojo {

    @Override
    List<String> arguments(Path sources) {
        return words("fmt", "--check", "--json", relative(sources));
    }

    @Override
    void succeeded(Report report) {
        getLog().info("the .nnd files are in style");
    }
}
