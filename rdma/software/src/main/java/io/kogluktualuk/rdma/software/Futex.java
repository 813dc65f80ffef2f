package io.kogluktualuk.rdma.software;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Sleeping on a word of shared memory and waking who sleeps there: Linux's futex.
///
/// Chosen over bytes on the socket because one sleeper can wait for any number of peers on one
/// word, and because a round trip costs 11 µs instead of 18 (measured). Where it is missing the
/// socket takes its place, see [Doorbell].
///
/// **Threading:** any thread; a sleeping virtual thread would hold its carrier, so only platform
/// threads sleep here.
final class Futex {

  private static final int WAIT = 0;
  private static final int WAKE = 1;
  private static final int WAKE_ALL = Integer.MAX_VALUE;

  private static final long SYSCALL_NUMBER =
      switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> 202;
        case "aarch64", "riscv64" -> 98;
        default -> -1;
      };

  private static final boolean AVAILABLE = SYSCALL_NUMBER > 0 && SharedFile.IS_LINUX;

  private Futex() {}

  static boolean isAvailable() {
    return AVAILABLE;
  }

  /// Linked on first use only: linking costs some tens of milliseconds.
  private static final class Calls {

    static final MethodHandle SLEEP = link();
    static final MethodHandle RING = link(Linker.Option.critical(false));

    private static MethodHandle link(Linker.Option... more) {
      Linker linker = Linker.nativeLinker();
      SymbolLookup lookup = linker.defaultLookup();
      Linker.Option[] options = new Linker.Option[more.length + 1];
      options[0] = Linker.Option.firstVariadicArg(1);
      System.arraycopy(more, 0, options, 1, more.length);
      return linker.downcallHandle(
          lookup.findOrThrow("syscall"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          options);
    }
  }

  /// Sleeps while the word is `expected`, at most `nanos`. Returns for no reason at times.
  ///
  /// @param timespec 16 bytes of scratch memory
  static void sleep(MemorySegment word, int expected, long nanos, MemorySegment timespec) {
    timespec.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000L);
    timespec.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000L);
    try {
      long result =
          (long)
              Calls.SLEEP.invokeExact(SYSCALL_NUMBER, word, (long) WAIT, (long) expected, timespec);
      // Every outcome (woken, timed out, changed before sleeping, interrupted) means: look again.
      assert result <= 0;
    } catch (Throwable e) {
      throw new IllegalStateException("futex wait", e);
    }
  }

  static void wake(MemorySegment word) {
    try {
      long woken =
          (long)
              Calls.RING.invokeExact(
                  SYSCALL_NUMBER, word, (long) WAKE, (long) WAKE_ALL, MemorySegment.NULL);
      assert woken >= 0;
    } catch (Throwable e) {
      throw new IllegalStateException("futex wake", e);
    }
  }

  /// Scratch for [#sleep].
  static MemorySegment timespec(Arena arena) {
    return arena.allocate(16, 8);
  }
}
