package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.node.config.ComputeConfig;
import io.kogluktualuk.fabric.node.config.ControlConfig;
import io.kogluktualuk.fabric.node.config.MemoryConfig;
import io.kogluktualuk.fabric.node.config.NodeConfig;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.util.List;

/// One running server of any role, seen by whoever operates it.
///
/// **Threading:** any thread. **Ownership:** closing it stops the server; its state stays in its
/// folder.
public sealed interface ServedNode extends AutoCloseable
    permits ServedControl, ServedMemory, ServedCompute {

  /// Starts the server that a configuration describes. It can answer when this returns; whether it
  /// can do its work, [#health] tells.
  ///
  /// @throws Conflict when its folder or a port is in use
  static ServedNode open(NodeConfig config) {
    return switch (config) {
      case ControlConfig control -> ServedControl.open(control);
      case MemoryConfig memory -> ServedMemory.open(memory);
      case ComputeConfig compute -> ServedCompute.open(compute);
    };
  }

  /// `control`, `memory` or `compute`.
  String role();

  String name();

  /// Where it answers control calls.
  InetSocketAddress address();

  /// Whether it can do its work now.
  Health health();

  /// Its numbers now.
  List<Sample> samples();

  /// How large what it measures has been since its start.
  List<Spread> spreads();

  /// Takes nothing new and finishes what has begun, or hands it over, until the deadline.
  void prepareToStop(Deadline deadline);

  @Override
  void close();
}
