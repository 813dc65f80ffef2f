package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.client.ClusterFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A whole fabric in one process: real servers, each on its own port, started in order and stopped
/// in reverse.
///
/// **Threading:** any thread. **Ownership:** closing it stops the servers; their state stays in the
/// folder and the next cluster on that folder goes on with it.
public final class EmbeddedCluster implements AutoCloseable {

  /// One server of the cluster.
  ///
  /// @param role what it does: `control`, `memory`, `compute`
  public record Node(String role, String name, InetSocketAddress address) {}

  private final Path folder;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<Node> nodes = new ArrayList<>();

  private EmbeddedCluster(Path folder) {
    this.folder = folder;
  }

  /// Starts a cluster and returns when it can be used.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder or a port is in use
  public static EmbeddedCluster open(ClusterSettings settings) {
    EmbeddedCluster cluster = new EmbeddedCluster(settings.folder());
    try {
      cluster.start(settings);
      return cluster;
    } catch (RuntimeException | IOException e) {
      cluster.closeAfter(e);
      throw e instanceof IOException io
          ? new UncheckedIOException("state folder " + settings.folder(), io)
          : (RuntimeException) e;
    }
  }

  /// Where the control plane answers.
  public InetSocketAddress control() {
    return nodes.getFirst().address();
  }

  /// The servers, in the order they were started.
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  public Path folder() {
    return folder;
  }

  private void start(ClusterSettings settings) throws IOException {
    opened.push(FolderLock.acquire(settings.folder()));
    Files.deleteIfExists(settings.folder().resolve(ClusterFile.NAME));
    ClusterFile.ofThisProcess(control()).write(settings.folder());
    opened.push(() -> Files.deleteIfExists(folder.resolve(ClusterFile.NAME)));
  }

  /// Stops what has been started, the last first. Everything is stopped even if something fails.
  @Override
  public synchronized void close() {
    Deque<Exception> failures = new ArrayDeque<>();
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      IllegalStateException thrown =
          new IllegalStateException("the cluster did not stop cleanly", failures.poll());
      failures.forEach(thrown::addSuppressed);
      throw thrown;
    }
  }

  private void closeAfter(Exception reason) {
    try {
      close();
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
