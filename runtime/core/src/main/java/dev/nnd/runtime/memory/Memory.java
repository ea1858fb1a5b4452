package dev.nnd.runtime.memory;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.foreign.LargeBlocks;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * Off-heap memory with one owner who closes it. If it is forgotten, a cleaner frees it and logs one warning with the
 * place where it was allocated. Allocating and closing are thread-safe; who uses the segments sees to it that nobody
 * closes them meanwhile.
 */
public final class Memory implements AutoCloseable {

    /** Segments start at multiples of this many bytes: a cache line, and the widest vector. */
    public static final long ALIGNMENT = 64;

    /** How many frames a report names. */
    private static final int FRAMES = 4;

    private static final Cleaner CLEANER = Cleaner.create();

    private final String owner;
    private final State state;
    private final Cleaner.Cleanable cleanable;
    /** Here and not in the state: what is to be done for a forgotten owner, its parts do by themselves. */
    private final Deque<Runnable> actions = new ArrayDeque<>();

    private Memory(String owner) {
        this.owner = owner;
        this.state = new State(owner, place());
        this.cleanable = CLEANER.register(this, state);
    }

    /** Empty memory of an owner, whose name messages use. */
    public static Memory open(String owner) {
        return new Memory(owner);
    }

    /** Runs an action once its referent is no longer reachable, unless the returned handle is cleaned before. */
    public static Cleaner.Cleanable whenUnreachable(Object referent, Runnable action) {
        return CLEANER.register(referent, action);
    }

    /** A segment of zeros; a large one in large pages, where there are such. */
    public MemorySegment allocate(long bytes) {
        return state.allocate(bytes);
    }

    /** Bytes allocated so far. */
    public long bytes() {
        return state.bytes();
    }

    /** Has an action run when this memory is closed, before its segments go; the last one comes first. */
    public void beforeClose(Runnable action) {
        synchronized (actions) {
            actions.push(action);
        }
    }

    /** Whether the memory is gone. */
    public boolean closed() {
        return state.closed;
    }

    /** Says in plain words that the owner is closed, if it is. */
    public void requireOpen() {
        if (state.closed) {
            throw closed(owner);
        }
    }

    private static NndException closed(String owner) {
        return new NndException(
                owner + " is closed and can't be used any more.", "use it before its close(), or make a new one", null);
    }

    /** Frees everything; a second call does nothing. */
    @Override
    public void close() {
        synchronized (actions) {
            while (!actions.isEmpty()) {
                actions.pop().run();
            }
        }
        state.expected = true;
        cleanable.clean();
    }

    /** The nearest frames outside the runtime: the lines of the generated and of the user's code. */
    private static String place() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(Memory::outsideRuntime)
                        .limit(FRAMES)
                        .map(Object::toString)
                        .collect(Collectors.joining(", called by ")));
    }

    private static boolean outsideRuntime(StackWalker.StackFrame frame) {
        return !frame.getClassName().startsWith("dev.nnd.runtime.memory.")
                && !frame.getClassName().startsWith("dev.nnd.runtime.program.");
    }

    /** What is left to do when the {@link Memory} is closed or unreachable; it must not refer to it. */
    private static final class State implements Runnable {
        private final Arena arena = Arena.ofShared();
        private final String owner;
        private final String place;
        private long bytes;
        private volatile boolean expected;
        private volatile boolean closed;

        private State(String owner, String place) {
            this.owner = owner;
            this.place = place;
        }

        private synchronized MemorySegment allocate(long size) {
            if (closed) {
                throw closed(owner);
            }
            var segment = LargeBlocks.allocate(size, arena);
            if (segment == null) {
                segment = arena.allocate(size, ALIGNMENT);
            }
            bytes += size;
            return segment;
        }

        private synchronized long bytes() {
            return bytes;
        }

        @Override
        public synchronized void run() {
            closed = true;
            if (!expected && bytes > 0) {
                System.getLogger(Memory.class.getName())
                        .log(
                                Level.WARNING,
                                "Never closed: {0}. Its {1} bytes are free now. It was made at {2}.",
                                owner,
                                Long.toString(bytes),
                                place);
            }
            arena.close();
        }
    }
}
