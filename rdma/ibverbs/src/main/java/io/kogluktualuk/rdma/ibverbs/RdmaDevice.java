package io.kogluktualuk.rdma.ibverbs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An RDMA device of this host, as the kernel describes it.
///
/// @param transport `InfiniBand`, `RoCE`, `iWARP`, or what the kernel calls it
/// @param firmware as the driver reports it; empty when it does not
/// @param nodeGuid as in `0011:22ff:fe33:4455`
/// @param limits null when the native library is not there to ask
public record RdmaDevice(
    String name,
    String transport,
    String firmware,
    String nodeGuid,
    List<Port> ports,
    @Nullable Limits limits) {

  /// Whether a port can carry connections now.
  public boolean isActive() {
    return ports.stream().anyMatch(Port::isActive);
  }

  /// @param state `ACTIVE`, `DOWN`, `INIT`, …
  /// @param physicalState `LinkUp`, `Disabled`, …
  /// @param linkLayer `Ethernet` or `InfiniBand`
  /// @param activeMtuBytes 0 when unknown
  /// @param messageBytesMax the longest message; 0 when unknown
  /// @param rate as in `100 Gb/sec (4X EDR)`
  public record Port(
      int number,
      String state,
      String physicalState,
      String linkLayer,
      int lid,
      String rate,
      int activeMtuBytes,
      long messageBytesMax,
      List<Gid> gids) {

    public boolean isActive() {
      return state.equals("ACTIVE");
    }
  }

  /// An address of a port.
  ///
  /// @param type `RoCE v2`, `IB/RoCE v1`; empty when unknown
  /// @param netDevice the network interface it belongs to; empty when it has none
  public record Gid(int index, String address, String type, String netDevice) {}

  /// What the device can do.
  ///
  /// @param atomics `NONE`, `HCA` (atomic among operations of this device) or `GLOB`
  public record Limits(
      long regionBytesMax,
      int queuePairsMax,
      int workRequestsMax,
      int piecesMax,
      int completionQueuesMax,
      int completionsMax,
      int regionsMax,
      int domainsMax,
      int readsInFlightMax,
      String atomics) {}
}
