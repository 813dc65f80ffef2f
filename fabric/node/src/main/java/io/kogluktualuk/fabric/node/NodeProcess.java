package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One start of a node in a process of its own: `kog serve --json --until-input-ends FILE`.
///
/// The node ends when this process does, however that happens: its standard input ends then.
///
/// **Threading:** any thread; one of its own reads what the node prints. **Ownership:** of the
/// process. **Bound:** the last [#LINES_KEPT] lines that it printed are kept.
public final class NodeProcess {

  private static final int LINES_KEPT = 20;

  private final String name;
  private final Process process;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Deque<String> printed = new ArrayDeque<>();
  private volatile boolean isReady;

  private NodeProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /// Starts a node.
  ///
  /// @param command without its errors being redirected: they are read with the rest
  public static NodeProcess start(String name, ProcessBuilder command) {
    try {
      NodeProcess node = new NodeProcess(name, command.redirectErrorStream(true).start());
      Thread.ofPlatform().daemon().name("node-" + name).start(node::read);
      return node;
    } catch (IOException e) {
      throw new Unavailable("node " + name + " cannot be started: " + e.getMessage(), e);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        keep(line);
        if (line.startsWith("{\"event\":\"ready\"")) {
          isReady = true;
          ready.countDown();
        }
      }
    } catch (IOException e) {
      keep("its output cannot be read: " + e.getMessage());
    } finally {
      ready.countDown();
    }
  }

  private synchronized void keep(String line) {
    if (printed.size() == LINES_KEPT) {
      printed.removeFirst();
    }
    printed.addLast(line);
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Whether it has said that it can do its work.
  public boolean isReady() {
    return isReady;
  }

  /// Whether it has ended in order.
  public boolean hasStopped() {
    return !process.isAlive() && process.exitValue() == 0;
  }

  /// What it printed last, with its complaints.
  public synchronized String printed() {
    return String.join("\n", printed);
  }

  /// Waits until it can do its work.
  ///
  /// @throws Unavailable when it ends before, or takes longer
  public void awaitReady(Duration within) throws InterruptedException {
    boolean isDone = ready.await(within.toMillis(), TimeUnit.MILLISECONDS);
    if (!isReady) {
      throw new Unavailable(
          "node "
              + name
              + (isDone ? " ended before it was ready: " : " was not ready in time: ")
              + printed());
    }
  }

  /// Tells it to stop in order.
  public void stop() {
    process.destroy();
  }

  /// Ends it at once.
  public void kill() {
    process.destroyForcibly();
  }

  /// @return its status, or -1 when it is still there after that time
  public int awaitEnd(Duration within) throws InterruptedException {
    return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
  }
}
