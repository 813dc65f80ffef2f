package io.kogluktualuk.rdma.provider;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.ibverbs.NativeDevices;
import io.kogluktualuk.rdma.ibverbs.RdmaDevice;
import io.kogluktualuk.rdma.software.PathChoice;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which provider is wanted, and why: the property `kog.rdma.provider`, the devices of this host,
/// and whether the native library is there.
///
/// @param paths which data paths the software provider may take; without effect on the native one
record Selection(VerbsProvider provider, String reason, PathChoice paths) {

  static final String PROPERTY = "kog.rdma.provider";

  /// What can be asked for.
  enum Wish {
    AUTO,
    NATIVE,
    SHARED,
    TCP;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What is known of this machine.
  interface Machine {
    List<RdmaDevice> devices();

    /// Null when the native library can open a device with an ACTIVE port, else why not.
    @Nullable String openFailure();
  }

  /// What this process was told.
  ///
  /// @throws InvalidArgument when the property has none of its values
  static Wish wish() {
    return wish(System.getProperty(PROPERTY, ""));
  }

  /// @throws Unavailable when the native provider is asked for and cannot be had
  static Selection make(Wish wish) {
    return make(
        wish,
        new Machine() {
          @Override
          public List<RdmaDevice> devices() {
            return NativeDevices.list();
          }

          @Override
          public @Nullable String openFailure() {
            return NativeDevices.openFailure();
          }
        });
  }

  static Wish wish(String value) {
    if (value.isBlank()) {
      return Wish.AUTO;
    }
    for (Wish wish : Wish.values()) {
      if (wish.word().equals(value)) {
        return wish;
      }
    }
    throw new InvalidArgument(
        "-D" + PROPERTY + " is auto, native, shared or tcp, not \"" + value + "\"");
  }

  static Selection make(Wish wish, Machine machine) {
    return switch (wish) {
      case SHARED -> software("shared memory", "asked for", PathChoice.SHARED);
      case TCP -> software("TCP", "asked for", PathChoice.TCP);
      case NATIVE -> {
        String obstacle = obstacle(machine);
        if (obstacle != null) {
          throw new Unavailable("the native provider was asked for and cannot be had: " + obstacle);
        }
        yield hardware(machine, "; asked for");
      }
      case AUTO -> {
        String obstacle = obstacle(machine);
        yield obstacle == null
            ? hardware(machine, "")
            : software("shared memory, or TCP to other hosts", obstacle, PathChoice.AUTO);
      }
    };
  }

  private static Selection software(String what, String why, PathChoice paths) {
    return new Selection(VerbsProvider.SOFTWARE, what + ": " + why, paths);
  }

  private static Selection hardware(Machine machine, String note) {
    RdmaDevice device =
        machine.devices().stream().filter(RdmaDevice::isActive).findFirst().orElseThrow();
    RdmaDevice.Port port =
        device.ports().stream().filter(RdmaDevice.Port::isActive).findFirst().orElseThrow();
    return new Selection(
        VerbsProvider.NATIVE,
        "device " + device.name() + " port " + port.number() + " is ACTIVE" + note,
        PathChoice.AUTO);
  }

  /// Why the native provider cannot be used; null when it can.
  private static @Nullable String obstacle(Machine machine) {
    List<RdmaDevice> devices = machine.devices();
    if (devices.isEmpty()) {
      return "no RDMA device in /sys/class/infiniband";
    }
    if (devices.stream().noneMatch(RdmaDevice::isActive)) {
      return "no RDMA device has an ACTIVE port: " + describe(devices);
    }
    return machine.openFailure();
  }

  private static String describe(List<RdmaDevice> devices) {
    StringBuilder text = new StringBuilder();
    for (RdmaDevice device : devices) {
      for (RdmaDevice.Port port : device.ports()) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(device.name())
            .append(" port ")
            .append(port.number())
            .append(" is ")
            .append(port.state());
      }
    }
    return text.toString();
  }
}
