package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestExit;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.computenode.vm.run.HostImports;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// WASI calls about the process itself: arguments, an empty environment, clocks, random bytes that
/// are a function of the transaction, signals, the end.
///
/// The real-time and the monotonic clock show the process's [VirtualClock]; the clocks of
/// processor time stand at 0.
///
/// **Threading:** stateless.
final class WasiProcess {

  static final int CLOCK_REALTIME = 0;
  static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCKS = 4;

  private static final int SIGNALS = 31;
  private static final int RANDOM_PIECE = 64 * 1_024;

  private WasiProcess() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    String module = edition.module();
    imports
        .function(module, "args_sizes_get", "ii>i", wasi(WasiProcess::argsSizes))
        .function(module, "args_get", "ii>i", wasi(WasiProcess::args))
        .function(module, "environ_sizes_get", "ii>i", wasi(WasiProcess::noEnvironment))
        .function(module, "environ_get", "ii>i", wasi((_, _, _) -> {}))
        .function(module, "clock_res_get", "ii>i", wasi(WasiProcess::resolution))
        .function(module, "clock_time_get", "iIi>i", wasi(WasiProcess::time))
        .function(module, "random_get", "ii>i", wasi(WasiProcess::random))
        .function(module, "sched_yield", ">i", wasi((_, _, _) -> {}))
        .function(module, "proc_raise", "i>i", wasi(WasiProcess::raise))
        .function(
            module,
            "proc_exit",
            "i>",
            (_, _, a) -> {
              // As wait(2) would tell: eight bits.
              throw new GuestExit((int) a[0] & 0xFF);
            });
  }

  private static void argsSizes(GuestProcess process, Guest guest, long[] a) {
    int bytes = 0;
    for (String argument : process.argv()) {
      bytes += encoded(argument).length;
    }
    guest.memory().setInt((int) a[0], process.argv().size());
    guest.memory().setInt((int) a[1], bytes);
  }

  private static void args(GuestProcess process, Guest guest, long[] a) {
    List<String> argv = process.argv();
    GuestMemory memory = guest.memory();
    int text = (int) a[1];
    for (int i = 0; i < argv.size(); i++) {
      byte[] bytes = encoded(argv.get(i));
      memory.setInt((int) a[0] + 4 * i, text);
      memory.set(text, bytes, 0, bytes.length);
      text += bytes.length;
    }
    guest.chargeFuel((text - (int) a[1]) >>> 4);
  }

  private static byte[] encoded(String argument) {
    return (argument + '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static void noEnvironment(GuestProcess process, Guest guest, long[] a) {
    guest.memory().setInt((int) a[0], 0);
    guest.memory().setInt((int) a[1], 0);
  }

  private static void resolution(GuestProcess process, Guest guest, long[] a) {
    requireClock((int) a[0]);
    guest.memory().setLong((int) a[1], 1);
  }

  private static void time(GuestProcess process, Guest guest, long[] a) {
    requireClock((int) a[0]);
    guest.memory().setLong((int) a[2], passes((int) a[0]) ? process.clock().now() : 0);
  }

  private static void requireClock(int clock) {
    if (clock < 0 || clock >= CLOCKS) {
      throw new FileError(Errno.INVAL);
    }
  }

  /// Whether the time of a clock passes when the program waits.
  static boolean passes(int clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  }

  private static void random(GuestProcess process, Guest guest, long[] a) {
    int length = (int) a[1];
    process.requireInside(guest, (int) a[0], Integer.toUnsignedLong(length));
    guest.chargeFuel(length >>> 4);
    byte[] piece = new byte[Math.min(length, RANDOM_PIECE)];
    for (int done = 0; done < length; done += piece.length) {
      process.random().fill(piece);
      guest.memory().set((int) a[0] + done, piece, 0, Math.min(piece.length, length - done));
    }
  }

  /// There is nobody to signal: no signal does nothing, as everywhere, and others are not there.
  private static void raise(GuestProcess process, Guest guest, long[] a) {
    int signal = (int) a[0] & 0xFF;
    if (signal != 0) {
      throw new FileError(signal < SIGNALS ? Errno.NOTSUP : Errno.INVAL);
    }
  }
}
