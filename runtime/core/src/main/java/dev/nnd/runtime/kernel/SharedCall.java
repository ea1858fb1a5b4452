package dev.nnd.runtime.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A call of a generated kernel whose rows, or elements, threads share: its operands, and how it is cut. It is cut at rows or
 * at multiples of {@link #ALIGNED} elements and never inside of a sum, so that results have the same bits for every number
 * of threads. A call of little work runs in the caller's thread, as does one that meets busy workers. A program has one, for
 * one call at a time; nothing is allocated in a call.
 *
 * <p>A kernel of few elements that a program calls a few times a second would stay interpreted for hours, and vectors are
 * objects until their code is compiled. Where plain loops take too little of the program's time to matter, they run.
 */
public final class SharedCall {

    /** Generated kernels that have numbers. */
    public interface Kernels {

        /**
         * Does the rows from {@code from} to before {@code to}.
         *
         * @param kernel its number
         * @param call has the operands
         */
        void part(int kernel, SharedCall call, long from, long to);

        /** The same kernels without vectors. Where elements don't depend on each other, their results have the same bits. */
        default Kernels plain() {
            return this;
        }

        /** How often each kernel of {@link SharedCall#pureRows} was done over, until it is compiled. */
        default int[] warmth() {
            return COLD;
        }
    }

    private static final int[] COLD = {};

    /** No vector has more elements. */
    private static final long ALIGNED = 64;

    /** Work that takes some microseconds; less is not worth a part of its own. A unit is about a hundredth of a nanosecond. */
    private static final long LEAST = 500_000;

    /** More parts than threads, since the machine may give one of these less time. */
    private static final int PARTS_OF_A_THREAD = 4;

    /** How many times as long plain loops take. */
    private static final int PLAIN = 8;

    /** Plain loops may take one part of so many of the time between two calls. */
    private static final int SHARE = 100;

    /** No plain loops of more units, which are twenty microseconds: a program may be run seldom and yet be waited for. */
    private static final long MOST_PLAIN = 2_000_000;

    /** So many calls pass between two looks at the clock. */
    private static final int CALLS_OF_A_LOOK = 64;

    /** After so many calls a kernel counts as compiled; most are far earlier. */
    private static final int WARM = 20_000;

    /** Compiled code takes at most so many times as long as was guessed. */
    private static final int SLOW = 20;

    /** Longer than this no call of a cold kernel takes because of that. */
    private static final long WARM_UP_NANOS = 10_000_000;

    /** Bytes of operands that are copied for that. */
    private static final long MOST_COPIED = 8 << 20;

    private static final int UNITS_OF_A_NANOSECOND = 100;

    private static final Kernels NONE = (_, _, _, _) -> {
        throw new IllegalStateException("no kernel was named");
    };

    private final Workers workers;
    private final long least;
    private final long mostPlainEver;
    private final Workers.Work work = this::part;
    private MemorySegment[] segments = new MemorySegment[16];
    private long[] sizes = new long[16];
    private String place = "";
    private int segmentCount;
    private int sizeCount;
    private Kernels kernels = NONE;
    private int kernel;
    private long count;
    private long length;
    private int calls;
    private long lookedAt = System.nanoTime();
    private long mostPlain;

    /** Calls that these share. */
    public SharedCall(Workers workers) {
        this(workers, LEAST, MOST_PLAIN);
    }

    /** Calls that these share, never in plain loops; no part is smaller than {@code least} hundredths of a nanosecond of work. */
    public SharedCall(Workers workers, long least) {
        this(workers, least, 0);
    }

    private SharedCall(Workers workers, long least, long mostPlain) {
        this.workers = workers;
        this.least = least;
        this.mostPlainEver = mostPlain;
        this.mostPlain = mostPlain;
    }

    /** Begins a call: operands follow, and then how it is cut. */
    public SharedCall of(Kernels of, int number) {
        kernels = of;
        kernel = number;
        segmentCount = 0;
        sizeCount = 0;
        if (++calls == CALLS_OF_A_LOOK) {
            look();
        }
        return this;
    }

    /** Finds out how much time passes between calls. A pause of the program doesn't mean that they have become seldom. */
    private void look() {
        long now = System.nanoTime();
        long between = (now - lookedAt) / CALLS_OF_A_LOOK;
        mostPlain = Math.min(Math.min(2 * mostPlain + 1, mostPlainEver), between * UNITS_OF_A_NANOSECOND / SHARE);
        lookedAt = now;
        calls = 0;
    }

    /** The next segment. */
    public SharedCall with(MemorySegment segment) {
        if (segmentCount == segments.length) {
            segments = Arrays.copyOf(segments, 2 * segmentCount);
        }
        segments[segmentCount++] = segment;
        return this;
    }

    /** The next size. */
    public SharedCall with(long size) {
        if (sizeCount == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * sizeCount);
        }
        sizes[sizeCount++] = size;
        return this;
    }

    /** The line of the .nnd file, for messages. */
    public SharedCall at(String line) {
        place = line;
        return this;
    }

    /** A segment of the call, in the order in which they were given. */
    public MemorySegment segment(int index) {
        return segments[index];
    }

    /** A size of the call, in the order in which they were given. */
    public long size(int index) {
        return sizes[index];
    }

    /** The line of the .nnd file. */
    public String place() {
        return place;
    }

    /**
     * Does all rows.
     *
     * @param units what all of it takes, in hundredths of a nanosecond
     */
    public void rows(long rows, long units) {
        run(rows, units, 1);
    }

    /**
     * Does all rows of a kernel that updates nothing. While its code is cold, little work is done many times over, row by row
     * and on copies, so that a kernel that is called once a step is compiled within a few.
     *
     * @param units what all of it takes, in hundredths of a nanosecond
     */
    public void pureRows(long rows, long units) {
        int[] warmth = kernels.warmth();
        if (units <= LEAST && kernel < warmth.length && warmth[kernel] < WARM) {
            warmUp(warmth, rows, SLOW * units / UNITS_OF_A_NANOSECOND);
        }
        run(rows, units, 1);
    }

    /** On copies: a result may lie in the place of an operand. */
    private void warmUp(int[] warmth, long rows, long fastNanos) {
        MemorySegment[] own = Arrays.copyOf(segments, segmentCount);
        if (Arrays.stream(own).mapToLong(MemorySegment::byteSize).sum() > MOST_COPIED) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            for (int i = 0; i < own.length; i++) {
                segments[i] = arena.allocate(Math.max(1, own[i].byteSize()), ALIGNED);
                MemorySegment.copy(own[i], 0, segments[i], 0, own[i].byteSize());
            }
            long start = System.nanoTime();
            long now = start;
            while (warmth[kernel] < WARM && now - start < WARM_UP_NANOS) {
                for (long row = 0; row < rows; row++) {
                    kernels.part(kernel, this, row, row + 1);
                }
                long before = now;
                now = System.nanoTime();
                warmth[kernel] = now - before < fastNanos ? WARM : warmth[kernel] + 1;
            }
        } finally {
            System.arraycopy(own, 0, segments, 0, own.length);
        }
    }

    /**
     * Does all columns, which may lie in one vector if they are neighbours.
     *
     * @param units what all of it takes, in hundredths of a nanosecond
     */
    public void columns(long columns, long units) {
        run(columns, units, ALIGNED);
    }

    /**
     * Does all elements, which may lie in one vector if they are neighbours, and don't depend on each other.
     *
     * @param units what all of it takes, in hundredths of a nanosecond
     */
    public void elements(long elements, long units) {
        if (units * PLAIN <= mostPlain) {
            kernels.plain().part(kernel, this, 0, elements);
            return;
        }
        run(elements, units, ALIGNED);
    }

    private void run(long all, long units, long aligned) {
        long parts = Math.min(units / least, (long) workers.threads() * PARTS_OF_A_THREAD);
        if (workers.threads() == 1 || parts < 2 || all < 2 * aligned) {
            kernels.part(kernel, this, 0, all);
            return;
        }
        long wanted = (all + parts - 1) / parts;
        count = all;
        length = (wanted + aligned - 1) / aligned * aligned;
        workers.run(work, (int) ((all + length - 1) / length));
    }

    private void part(int part, int slot) {
        long from = part * length;
        kernels.part(kernel, this, from, Math.min(count, from + length));
    }
}
