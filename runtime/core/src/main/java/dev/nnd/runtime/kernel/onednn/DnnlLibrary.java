package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Loads the native libraries once per process, or remembers why that can't be done. */
@SuppressWarnings("restricted") // loading and linking native code is what this class is for
final class DnnlLibrary {

    private record Loaded(
            @Nullable SymbolLookup dnnl, @Nullable SymbolLookup openMp, String failure) {}

    private static final Loaded LOADED = load();

    private DnnlLibrary() {}

    /** Why oneDNN can't be used here; empty if it can. */
    static Optional<String> failure() {
        return LOADED.dnnl == null ? Optional.of(LOADED.failure) : Optional.empty();
    }

    /** What calls a function of oneDNN; {@link NativeCalls} serves most of them, and is there already. */
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address(name), descriptor);
    }

    /** Where a function of oneDNN begins. */
    static MemorySegment address(String name) {
        return Objects.requireNonNull(LOADED.dnnl, LOADED.failure).findOrThrow(name);
    }

    /** Where a function of the OpenMP runtime begins that oneDNN uses, if it is known. */
    static Optional<MemorySegment> openMpAddress(String name) {
        return LOADED.openMp == null ? Optional.empty() : LOADED.openMp.find(name);
    }

    private static Loaded load() {
        try {
            var files = DnnlFiles.locate();
            SymbolLookup openMp;
            if (files.openMp() == null) {
                openMp = SymbolLookup.libraryLookup("vcomp140.dll", Arena.global());
            } else {
                openMp = OpenMpSettings.load(files.openMp());
            }
            var dnnl = SymbolLookup.libraryLookup(files.dnnl(), Arena.global());
            LibraryPages.giveBack(files.dnnl());
            return new Loaded(dnnl, openMp, "");
        } catch (DnnlFiles.Unavailable unavailable) {
            return new Loaded(null, null, String.valueOf(unavailable.getMessage()));
        } catch (IllegalArgumentException | IllegalCallerException refused) {
            return new Loaded(null, null, "its libraries can't be loaded: " + refused.getMessage());
        }
    }
}
