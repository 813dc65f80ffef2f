package io.kogluktualuk.fabric.node.config;

import java.nio.file.Path;

/// The configuration of one node: what every role has, and what its own role has besides.
public sealed interface NodeConfig permits ControlConfig, MemoryConfig, ComputeConfig {

  SharedConfig shared();

  NodeRole role();

  /// What the values say, checked against each other as well; problems are added to those of the
  /// values.
  static NodeConfig of(NodeRole role, Values values, Path base) {
    SharedConfig shared = SharedConfig.of(role, values, base);
    return switch (role) {
      case CONTROL -> ControlConfig.of(shared, values);
      case MEMORY -> MemoryConfig.of(shared, values);
      case COMPUTE -> ComputeConfig.of(shared, values);
    };
  }
}
