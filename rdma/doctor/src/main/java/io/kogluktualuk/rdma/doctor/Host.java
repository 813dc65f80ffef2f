package io.kogluktualuk.rdma.doctor;

import java.util.List;

/// What the checks look at.
///
/// @param machine the kernel's files
/// @param devices the RDMA devices found in them
/// @param need what the fabric would take
record Host(Machine machine, List<RdmaDevice> devices, Need need) {

  Host {
    devices = List.copyOf(devices);
  }

  static Host of(Machine machine, Need need) {
    return new Host(machine, RdmaDevice.all(machine), need);
  }

  /// Whether there is an adapter, so that what only adapters need matters.
  boolean hasDevice() {
    return !devices.isEmpty();
  }

  List<RdmaPort> ports() {
    return devices.stream().flatMap(device -> device.ports().stream()).toList();
  }
}
