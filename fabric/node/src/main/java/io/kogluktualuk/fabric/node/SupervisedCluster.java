package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A fabric whose nodes are processes of this host, started in waves (control nodes, then all
/// others), watched, started again when they die, and stopped in reverse.
///
/// **Threading:** any thread; one of its own watches. **Ownership:** of the processes and of the
/// state folder's lock.
public final class SupervisedCluster implements AutoCloseable {

  /// Makes the command that serves a node.
  public interface Launcher {
    ProcessBuilder command(NodeRole role, Path file);
  }

  private static final Logger LOG = LoggerFactory.getLogger(SupervisedCluster.class);
  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(40);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /// Doubled with each death that follows soon, up to the longest.
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  /// Whoever has lived so long is not about to die again.
  private static final Duration SOUND_AFTER = Duration.ofMinutes(1);

  private final OpenParts opened = new OpenParts("the cluster");
  private final Map<String, NodeProcess> running = new LinkedHashMap<>();
  private final Map<String, Fallen> fallen = new LinkedHashMap<>();
  private final NodeFiles files;
  private final Launcher launcher;
  private final Path folder;
  private final boolean restarts;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread watcher;
  private @Nullable ProcessesFile told;

  /// A node that has died: when it is started again, and how long it will be left alone next time.
  private record Fallen(long pid, long againAtNanos, Duration pause) {}

  private SupervisedCluster(Path folder, NodeFiles files, Launcher launcher, boolean restarts) {
    this.folder = folder;
    this.files = files;
    this.launcher = launcher;
    this.restarts = restarts;
    this.watcher = Thread.ofPlatform().name("kog-supervisor").unstarted(this::watch);
  }

  /// Starts a cluster and returns when it can be used.
  ///
  /// @param restarts whether nodes that die are started again
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder is in use
  public static SupervisedCluster open(
      ClusterSettings settings, String verbs, Launcher launcher, boolean restarts)
      throws InterruptedException {
    FolderLock lock = FolderLock.acquire(settings.folder());
    SupervisedCluster cluster;
    try {
      NodeFiles files = NodeFiles.write(settings, verbs, _ -> settings.host());
      cluster = new SupervisedCluster(settings.folder(), files, launcher, restarts);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
    cluster.opened.add(lock);
    try {
      cluster.start(settings.folder());
      return cluster;
    } catch (IOException e) {
      cluster.close();
      throw FolderFaults.of(settings.folder(), e);
    } catch (RuntimeException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  private void start(Path folder) throws IOException, InterruptedException {
    // One that was killed has left its file behind.
    Files.deleteIfExists(folder.resolve(ClusterFile.NAME));
    List<NodeFiles.Planned> all = files.nodes();
    wave(all.stream().filter(node -> node.role() == NodeRole.CONTROL).toList());
    wave(all.stream().filter(node -> node.role() != NodeRole.CONTROL).toList());
    opened.add(() -> Files.deleteIfExists(folder.resolve(ClusterFile.NAME)));
    opened.add(() -> Files.deleteIfExists(folder.resolve(ProcessesFile.NAME)));
    tell();
    ClusterFile.ofThisProcess(files.controls(), files.identity()).write(folder);
    watcher.start();
  }

  private void wave(List<NodeFiles.Planned> nodes) throws InterruptedException {
    nodes.forEach(this::launch);
    for (NodeFiles.Planned node : nodes) {
      process(node.name()).awaitReady(READY_WITHIN);
    }
  }

  private void launch(NodeFiles.Planned node) {
    NodeProcess started =
        NodeProcess.start(node.name(), launcher.command(node.role(), node.file()));
    synchronized (running) {
      running.put(node.name(), started);
    }
    LOG.info("{} starts as process {}", node.name(), started.pid());
  }

  private NodeProcess process(String name) {
    synchronized (running) {
      return Objects.requireNonNull(running.get(name), name);
    }
  }

  private void watch() {
    try {
      while (!stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        files.nodes().forEach(this::look);
        tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Says in the state folder which processes the nodes are, when that has changed.
  private void tell() {
    Map<String, ProcessesFile.Entry> nodes = new HashMap<>();
    processes()
        .forEach(
            node -> nodes.put(node.name(), new ProcessesFile.Entry(node.pid(), node.isReady())));
    ProcessesFile now = new ProcessesFile(restarts, nodes);
    if (!now.equals(told)) {
      try {
        now.write(folder);
        told = now;
      } catch (IOException e) {
        LOG.warn("{} cannot be written: {}", ProcessesFile.NAME, e.toString());
      }
    }
  }

  private void look(NodeFiles.Planned node) {
    NodeProcess process = process(node.name());
    Fallen before = fallen.get(node.name());
    long now = System.nanoTime();
    if (process.isAlive()) {
      return;
    }
    if (before == null || before.pid() != process.pid()) {
      Duration pause =
          before == null || now - before.againAtNanos() > SOUND_AFTER.toNanos()
              ? PAUSE_MIN
              : min(before.pause().multipliedBy(2), PAUSE_MAX);
      fallen.put(node.name(), new Fallen(process.pid(), now + pause.toNanos(), pause));
      LOG.error(
          "{} has {}{}: {}",
          node.name(),
          process.hasStopped() ? "stopped" : "died",
          restarts ? ", and is started again in " + pause.toSeconds() + " s" : "",
          process.printed());
    } else if (restarts && now - before.againAtNanos() >= 0) {
      try {
        launch(node);
      } catch (FabricException e) {
        LOG.error("{} cannot be started again: {}", node.name(), e.getMessage());
      }
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// Where the control nodes answer.
  public List<InetSocketAddress> controls() {
    return files.controls();
  }

  /// The processes, in the order they were started.
  public List<NodeProcess> processes() {
    synchronized (running) {
      return List.copyOf(running.values());
    }
  }

  /// Stops all nodes: compute nodes, then memory nodes, then control nodes.
  @Override
  public void close() {
    stop.countDown();
    try {
      watcher.join();
      for (NodeRole role : List.of(NodeRole.COMPUTE, NodeRole.MEMORY, NodeRole.CONTROL)) {
        stopAll(role);
      }
    } catch (InterruptedException e) {
      processes().forEach(NodeProcess::kill);
      Thread.currentThread().interrupt();
    } finally {
      opened.close();
    }
  }

  private void stopAll(NodeRole role) throws InterruptedException {
    List<NodeProcess> ending = new ArrayList<>();
    for (NodeProcess process : processes()) {
      if (process.name().startsWith(role.word() + "-") && process.isAlive()) {
        process.stop();
        ending.add(process);
      }
    }
    for (NodeProcess process : ending) {
      if (process.awaitEnd(STOP_WITHIN) < 0) {
        LOG.error("{} did not stop within {}, and is killed", process.name(), STOP_WITHIN);
        process.kill();
      }
    }
  }
}
