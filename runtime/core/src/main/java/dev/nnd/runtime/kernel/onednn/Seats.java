package dev.nnd.runtime.kernel.onednn;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Which calling threads may have OpenMP threads of their own. OpenMP starts some for each thread that calls an op and keeps
 * them until that thread ends, so a server with hundreds of callers would have thousands. A bounded number of callers has a
 * seat for as long as they live; the ops of all others are called by a few {@link Conductor}s.
 */
final class Seats {

    private record Seat(WeakReference<Thread> owner, Region region) {}

    private final int threads;
    private final @Nullable Seat[] seats;
    private final ThreadLocal<@Nullable Region> mine = new ThreadLocal<>();

    /**
     * No seat is taken.
     *
     * @param threads that a caller with a seat has, itself included
     */
    Seats(int threads, int count) {
        this.threads = threads;
        this.seats = new Seat[count];
    }

    /** The calling thread's seat, which it gets now if one is free; else null. A virtual thread never has one. */
    @Nullable
    Region mine() {
        var region = mine.get();
        return region == null ? claimed() : region;
    }

    private @Nullable Region claimed() {
        var caller = Thread.currentThread();
        // A virtual thread is now in this thread of the system, now in that.
        var region = caller.isVirtual() ? null : claim(caller);
        if (region != null) {
            mine.set(region);
        }
        return region;
    }

    private synchronized @Nullable Region claim(Thread caller) {
        for (int i = 0; i < seats.length; i++) {
            var seat = seats[i];
            if (seat == null || isLeft(seat)) {
                var region = seat == null ? Region.open(threads) : seat.region();
                seats[i] = region == null ? null : new Seat(new WeakReference<>(caller), region);
                return region;
            }
        }
        return null;
    }

    /** OpenMP ends its threads with the one that called it. */
    private static boolean isLeft(Seat seat) {
        var owner = seat.owner().get();
        return owner == null || !owner.isAlive();
    }
}
