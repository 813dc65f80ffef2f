package io.kogluktualuk.computenode.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.server.MemoryServer;
import io.kogluktualuk.memnode.server.MemorySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/// A control node and a memory node, for compute nodes to live beside.
///
/// **Threading:** one thread. **Ownership:** owns the nodes, and what it is given.
final class Neighbours {

  static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Path folder;
  private final List<InetSocketAddress> control;

  Neighbours(Path folder) {
    this.folder = folder;
    ControlServer plane =
        add(ControlServer.open(ControlSettings.single(folder.resolve("control"), "test", ANY)));
    this.control = List.of(plane.address());
    MemoryServer memory =
        add(
            MemoryServer.open(
                MemorySettings.of(
                    folder.resolve("memory"),
                    "m1",
                    ANY,
                    ByteCount.mebibytes(64),
                    10_000,
                    control)));
    await(memory::isEnrolled);
  }

  List<InetSocketAddress> control() {
    return control;
  }

  /// A compute node's settings, in a folder of its own.
  ComputeSettings compute(String name) {
    return ComputeSettings.of(folder.resolve(name), name, ANY, control, 1)
        .withHeartbeat(Duration.ofMillis(100));
  }

  /// Closes it before those that were there.
  <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  static void await(BooleanSupplier condition) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    while (!condition.getAsBoolean()) {
      assertTrue(!deadline.hasPassed(), "in time");
      Thread.onSpinWait();
    }
  }

  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
