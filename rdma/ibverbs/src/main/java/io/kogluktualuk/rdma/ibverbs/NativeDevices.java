package io.kogluktualuk.rdma.ibverbs;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The RDMA devices of this host.
///
/// **Threading:** any thread; nothing is kept, each call looks again.
public final class NativeDevices {

  private static final Path CLASS = Path.of("/sys/class/infiniband");
  private static final Path VERBS_NODES = Path.of("/dev/infiniband");
  private static final String[] ATOMICS = {"NONE", "HCA", "GLOB"};

  private NativeDevices() {}

  /// What the kernel says of its devices, without the native library: empty without any. Limits,
  /// MTU and message sizes are missing.
  public static List<RdmaDevice> list() {
    return new SysDevices(CLASS).list();
  }

  /// As [#list], completed with what only the device itself can tell.
  ///
  /// @throws Unavailable when the native library cannot be had; see [#libraryFailure]
  public static List<RdmaDevice> listWithLimits() {
    NativeLibrary.dispatcher();
    Map<String, Long> contexts = new HashMap<>();
    try {
      for (long context : Natives.contexts()) {
        contexts.put(Natives.deviceName(context), context);
      }
      List<RdmaDevice> completed = new ArrayList<>();
      for (RdmaDevice device : list()) {
        Long context = contexts.get(device.name());
        completed.add(context == null ? device : complete(device, context));
      }
      return List.copyOf(completed);
    } catch (IOException e) {
      throw new Unavailable("the RDMA devices cannot be asked: " + e.getMessage(), e);
    }
  }

  /// Why the native library cannot be used, in words; null when it can.
  public static @Nullable String libraryFailure() {
    try {
      NativeLibrary.dispatcher();
      return null;
    } catch (Unavailable e) {
      return e.getMessage();
    }
  }

  /// Why no device with an ACTIVE port can be opened by this process, in words; null when one can.
  /// A container may see the devices and lack their files.
  public static @Nullable String openFailure() {
    String failure = libraryFailure();
    if (failure != null) {
      return failure;
    }
    List<String> active =
        list().stream().filter(RdmaDevice::isActive).map(RdmaDevice::name).toList();
    try {
      for (long context : Natives.contexts()) {
        if (active.contains(Natives.deviceName(context))) {
          return null;
        }
      }
    } catch (IOException e) {
      return "the RDMA devices cannot be asked: " + e.getMessage();
    }
    return "librdmacm opens none of "
        + active
        + ": are /dev/infiniband/rdma_cm and /dev/infiniband/uverbs0 there (modprobe rdma_ucm"
        + " ib_uverbs), and may this process write to them?";
  }

  /// The file that a library of this process was loaded from, say of `libibverbs.so`, links
  /// resolved: its name carries the version. Null when it is not loaded.
  public static @Nullable Path loadedLibrary(String name) {
    return SysDevices.mapped(name);
  }

  /// The folder of the device files that user programs need, `/dev/infiniband`.
  public static Path deviceFiles() {
    return VERBS_NODES;
  }

  private static RdmaDevice complete(RdmaDevice device, long context) throws IOException {
    List<RdmaDevice.Port> ports = new ArrayList<>();
    for (RdmaDevice.Port port : device.ports()) {
      long[] limits = Natives.portLimits(context, port.number());
      ports.add(
          new RdmaDevice.Port(
              port.number(),
              port.state(),
              port.physicalState(),
              port.linkLayer(),
              port.lid(),
              port.rate(),
              (int) limits[0],
              limits[1],
              port.gids()));
    }
    return new RdmaDevice(
        device.name(),
        device.transport(),
        device.firmware(),
        device.nodeGuid(),
        List.copyOf(ports),
        limits(Natives.deviceLimits(context)));
  }

  private static RdmaDevice.Limits limits(long[] values) {
    int atomics = (int) values[10];
    return new RdmaDevice.Limits(
        values[0],
        (int) values[1],
        (int) values[2],
        (int) values[3],
        (int) values[4],
        (int) values[5],
        (int) values[6],
        (int) values[7],
        (int) values[8],
        atomics >= 0 && atomics < ATOMICS.length ? ATOMICS[atomics] : "unknown " + atomics);
  }
}
