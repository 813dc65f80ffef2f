package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.impl.NativeDispatcher;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The devices in use, one object each.
///
/// **Threading:** any thread.
final class Contexts {

  private final NativeDispatcher dispatcher;
  private final Map<Long, NativeContext> known = new HashMap<>();
  private @Nullable NativeContext standard;

  Contexts(NativeDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  synchronized NativeContext of(long number) throws IOException {
    NativeContext context = known.get(number);
    if (context == null) {
      context =
          new NativeContext(
              number,
              Natives.deviceName(number),
              dispatcher._getContextFd(number),
              dispatcher._getContextNumCompVectors(number));
      known.put(number, context);
      AsyncEvents.watch(context);
    }
    return context;
  }

  /// The device for what belongs to no connection yet: the first that has an ACTIVE port, in the
  /// order of their names, when this was asked first.
  ///
  /// @throws Unavailable when there is none
  synchronized NativeContext standard() throws IOException {
    if (standard == null) {
      standard = firstActive();
    }
    return standard;
  }

  private NativeContext firstActive() throws IOException {
    List<String> active =
        NativeDevices.list().stream().filter(RdmaDevice::isActive).map(RdmaDevice::name).toList();
    long[] numbers = Natives.contexts();
    for (String name : active) {
      for (long number : numbers) {
        NativeContext context = of(number);
        if (context.toString().equals(name)) {
          return context;
        }
      }
    }
    throw new Unavailable(
        "no RDMA device has an ACTIVE port; "
            + numbers.length
            + " can be opened, active: "
            + active);
  }
}
