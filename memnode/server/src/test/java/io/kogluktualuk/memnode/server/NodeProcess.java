package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.memnode.reader.MemoryNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/// A memory node in a process of its own, which can be killed.
final class NodeProcess implements AutoCloseable {

  private final ChildJvm process;
  private final MemoryNode node;

  private NodeProcess(ChildJvm process, MemoryNode node) {
    this.process = process;
    this.node = node;
  }

  /// Starts a node on a folder and waits until it answers.
  static NodeProcess start(Path folder, long mebibytes) throws IOException {
    ChildJvm process =
        ChildJvm.start(NodeProcess.class, folder.toString(), Long.toString(mebibytes));
    String line = process.line();
    if (!line.startsWith("READY ")) {
      process.kill();
      throw new IOException("the node did not start: " + line);
    }
    String[] words = line.split(" ");
    InetSocketAddress address = new InetSocketAddress(words[2], Integer.parseInt(words[3]));
    return new NodeProcess(process, new MemoryNode(words[1], address, 1));
  }

  MemoryNode node() {
    return node;
  }

  long pid() {
    return process.pid();
  }

  /// `kill -9`.
  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    kill();
  }

  /// The node's process: serves until its input ends.
  public static void main(String[] arguments) throws IOException {
    MemorySettings settings =
        TestNodes.settings(
            Path.of(arguments[0]), "child", 0, TestNodes.storeOf(Long.parseLong(arguments[1])));
    try (MemoryServer server = MemoryServer.open(settings)) {
      InetSocketAddress address = server.address();
      List<String> words =
          List.of(
              "READY",
              server.id().toString(),
              address.getHostString(),
              Integer.toString(address.getPort()));
      System.out.println(String.join(" ", words));
      while (System.in.read() >= 0) {
        // Until the parent is gone.
      }
    }
  }
}
