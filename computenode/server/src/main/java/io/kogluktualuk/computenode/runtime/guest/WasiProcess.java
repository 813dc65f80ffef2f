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

/// WASI calls about the process itself: arguments, an empty environment, a clock that stands still,
/// random bytes that are a function of the transaction, the end.
///
/// **Threading:** stateless.
final class WasiProcess {

  private static final String MODULE = "wasi_snapshot_preview1";

  private WasiProcess() {}

  static void addTo(HostImports.Builder<GuestProcess> imports) {
    imports
        .function(MODULE, "args_sizes_get", "ii>i", wasi(WasiProcess::argsSizes))
        .function(MODULE, "args_get", "ii>i", wasi(WasiProcess::args))
        .function(MODULE, "environ_sizes_get", "ii>i", wasi(WasiProcess::noEnvironment))
        .function(MODULE, "environ_get", "ii>i", wasi((_, _, _) -> {}))
        .function(MODULE, "clock_res_get", "ii>i", wasi((_, g, a) -> setLong(g, a[1], 1)))
        .function(MODULE, "clock_time_get", "iIi>i", wasi((_, g, a) -> setLong(g, a[2], 0)))
        .function(MODULE, "random_get", "ii>i", wasi(WasiProcess::random))
        .function(MODULE, "sched_yield", ">i", wasi((_, _, _) -> {}))
        .function(MODULE, "poll_oneoff", "iiii>i", wasi((_, _, _) -> refuse()))
        .function(MODULE, "proc_raise", "i>i", wasi((_, _, _) -> refuse()))
        .function(MODULE, "sock_accept", "iii>i", wasi((_, _, _) -> refuse()))
        .function(MODULE, "sock_recv", "iiiiii>i", wasi((_, _, _) -> refuse()))
        .function(MODULE, "sock_send", "iiiii>i", wasi((_, _, _) -> refuse()))
        .function(MODULE, "sock_shutdown", "ii>i", wasi((_, _, _) -> refuse()))
        .function(
            MODULE,
            "proc_exit",
            "i>",
            (_, _, a) -> {
              // As wait(2) would tell: eight bits.
              throw new GuestExit((int) a[0] & 0xFF);
            });
  }

  private static void refuse() {
    throw new FileError(Errno.NOTSUP);
  }

  private static void setLong(Guest guest, long address, long value) {
    guest.memory().setLong((int) address, value);
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

  private static void random(GuestProcess process, Guest guest, long[] a) {
    int length = (int) a[1];
    process.requireInside(guest, (int) a[0], Integer.toUnsignedLong(length));
    guest.chargeFuel(length >>> 4);
    byte[] bytes = new byte[length];
    process.random().fill(bytes);
    guest.memory().set((int) a[0], bytes, 0, length);
  }
}
