package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.SupervisedCluster;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts nodes with this JVM's own class path and flags, but with the heap that a role needs.
///
/// **Threading:** stateless.
final class NodeLauncher implements SupervisedCluster.Launcher {

  /// A control node holds the tables on its heap, a compute node blobs and compiled programs. A
  /// memory node's blobs are not on its heap.
  private static List<String> heap(NodeRole role) {
    return switch (role) {
      case CONTROL -> List.of("-Xmx512m", "-XX:+UseSerialGC");
      case MEMORY -> List.of("-Xmx256m", "-XX:+UseSerialGC");
      case COMPUTE -> List.of("-Xmx1g", "-XX:+UseG1GC");
    };
  }

  @Override
  public ProcessBuilder command(NodeRole role, Path file) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm") && !flag.matches("-XX:[+-]Use[A-Za-z0-9]*GC"))
        .filter(flag -> !flag.startsWith("-Dkog.terminals"))
        .forEach(command::add);
    command.addAll(heap(role));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--json", "--until-input-ends", file.toString()));
    return new ProcessBuilder(command);
  }
}
