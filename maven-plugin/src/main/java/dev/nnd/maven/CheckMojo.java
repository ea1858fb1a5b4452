package dev.nnd.maven;

import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/** Checks the .nnd files of a project and writes nothing. */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class CheckMojo extends NndMojo {

    @Override
    List<String> arguments(Path sources) {
        return words("check", "--json", relative(sources));
    }

    @Override
    void succeeded(Report report) {
        getLog().info("the .nnd files are in order");
    }
}
