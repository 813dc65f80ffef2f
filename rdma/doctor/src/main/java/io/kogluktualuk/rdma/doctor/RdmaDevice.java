package io.kogluktualuk.rdma.doctor;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An RDMA device as `/sys/class/infiniband/NAME` describes it.
///
/// @param driver the kernel module behind it; null when the kernel does not say
/// @param isSoft Soft-RoCE: verbs made by the kernel over an ordinary network device
/// @param numaNode −1 when it belongs to none
record RdmaDevice(
    String name,
    String type,
    String firmware,
    String nodeGuid,
    @Nullable String driver,
    boolean isSoft,
    long numaNode,
    List<RdmaPort> ports) {

  static final String FOLDER = "/sys/class/infiniband";

  RdmaDevice {
    ports = List.copyOf(ports);
  }

  static List<RdmaDevice> all(Machine machine) {
    return machine.names(FOLDER).stream().map(name -> read(machine, name)).toList();
  }

  private static RdmaDevice read(Machine machine, String name) {
    String folder = FOLDER + "/" + name;
    // Soft-RoCE names the network device it lies on; adapters have a device of their own.
    boolean isSoft = machine.exists(folder + "/parent");
    Long node = machine.number(folder + "/device/numa_node");
    return new RdmaDevice(
        name,
        isSoft ? "Soft-RoCE" : machine.textOr(folder + "/hca_type", "adapter"),
        machine.textOr(folder + "/fw_ver", ""),
        machine.textOr(folder + "/node_guid", "unknown"),
        isSoft ? "rdma_rxe" : machine.target(folder + "/device/driver"),
        isSoft,
        node == null ? -1 : node,
        machine.names(folder + "/ports").stream()
            .map(port -> RdmaPort.read(machine, folder, name, port))
            .toList());
  }

  /// The kernel module that makes its verbs, where it is not the driver itself.
  Stream<String> modules() {
    String found = driver == null ? "" : driver;
    return switch (found) {
      case "" -> Stream.empty();
      case "mlx5_core" -> Stream.of("mlx5_ib");
      case "mlx4_core" -> Stream.of("mlx4_ib");
      case "bnxt_en" -> Stream.of("bnxt_re");
      case "ice", "i40e" -> Stream.of("irdma");
      default -> Stream.of(found);
    };
  }
}
