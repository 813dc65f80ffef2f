package io.kogluktualuk.rdma.doctor;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.ibverbs.NativeDevices;
import io.kogluktualuk.rdma.ibverbs.RdmaDevice.Limits;
import io.kogluktualuk.rdma.ibverbs.RdmaDevice.Port;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What only an adapter itself can tell, through our native library: in a process of the self-test,
/// because it runs the adapter's native code.
///
/// **Threading:** stateless.
final class AdapterFacts {

  private AdapterFacts() {}

  /// Tells `library`, with nothing when it can be used, else why not; then a `fact` for each device
  /// and each of its ports.
  static void tell(Consumer<String> listener) {
    String failure = NativeDevices.libraryFailure();
    listener.accept(failure == null ? "library" : "library " + failure);
    if (failure != null) {
      return;
    }
    try {
      for (var device : NativeDevices.listWithLimits()) {
        listener.accept("fact " + device.name() + ": " + text(device.limits()));
        for (Port port : device.ports()) {
          listener.accept(
              "fact %s/%d: active MTU %d, messages up to %d bytes"
                  .formatted(
                      device.name(), port.number(), port.activeMtuBytes(), port.messageBytesMax()));
        }
      }
    } catch (Unavailable e) {
      listener.accept("fact the devices do not answer: " + e.getMessage());
    }
  }

  private static String text(@Nullable Limits limits) {
    return limits == null
        ? "its limits are not known"
        : "%d queue pairs of %d requests and %d pieces, %d regions, %d READs in flight, atomics %s"
            .formatted(
                limits.queuePairsMax(),
                limits.workRequestsMax(),
                limits.piecesMax(),
                limits.regionsMax(),
                limits.readsInFlightMax(),
                limits.atomics());
  }
}
