package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestTrap;
import io.kogluktualuk.computenode.vm.run.HostFunction;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.computenode.vm.run.TrapKind;
import io.kogluktualuk.fabric.transaction.Trap;

/// All functions that programs may import, with what they have in common: the charge for the call,
/// and that a pointer outside the program's memory is a trap.
///
/// **Threading:** stateless.
public final class HostCalls {

  /// A call takes about as long as so many instructions.
  static final long CALL_FUEL = 1_000;

  private HostCalls() {}

  /// The imports, for all programs that mean the same by a socket.
  public static HostImports<GuestProcess> imports(SocketDialect dialect) {
    HostImports.Builder<GuestProcess> builder = HostImports.builder();
    for (Edition edition : Edition.values()) {
      WasiProcess.addTo(builder, edition);
      WasiPoll.addTo(builder, edition);
      WasiFiles.addTo(builder, edition);
      WasiDescriptors.addTo(builder, edition);
      WasiDirectories.addTo(builder, edition);
      WasiPaths.addTo(builder, edition);
    }
    WasiSockets.addTo(builder, dialect);
    KogImports.addTo(builder);
    return builder.build();
  }

  /// A function that answers with a count.
  interface Counting {
    long call(GuestProcess process, Guest guest, long[] arguments);
  }

  /// A function that answers with nothing but an error number.
  interface Action {
    void call(GuestProcess process, Guest guest, long[] arguments);
  }

  /// WASI: 0, or the error number.
  static HostFunction<GuestProcess> wasi(Action action) {
    return (process, guest, arguments) -> {
      guest.chargeFuel(CALL_FUEL);
      process.onCall(guest);
      try {
        action.call(process, guest, arguments);
        return 0;
      } catch (FileError e) {
        return e.errno().number();
      } catch (GuestTrap e) {
        throw explained(process, e);
      }
    };
  }

  /// kog: a count, or the negative error number.
  static HostFunction<GuestProcess> kog(Counting function) {
    return (process, guest, arguments) -> {
      guest.chargeFuel(CALL_FUEL);
      process.onCall(guest);
      try {
        return function.call(process, guest, arguments);
      } catch (FileError e) {
        return -e.errno().number();
      } catch (GuestTrap e) {
        throw explained(process, e);
      }
    };
  }

  private static GuestTrap explained(GuestProcess process, GuestTrap trap) {
    return trap.kind() == TrapKind.OUT_OF_BOUNDS ? process.stop(Trap.BAD_HOST_CALL) : trap;
  }
}
