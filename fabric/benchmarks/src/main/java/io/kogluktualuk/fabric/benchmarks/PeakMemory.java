package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Watches how much memory processes have, and keeps the greatest sums.
///
/// Of a stage, its own pages count (`RssAnon`): heap, buffers, code. What a stage and a memory node
/// share is the memory node's. Of a server, everything counts (`VmRSS`). What the kernel keeps in
/// sockets is not seen.
///
/// **Threading:** a thread of its own looks every [#PAUSE_MILLIS]; any thread asks.
final class PeakMemory implements AutoCloseable {

  private static final long PAUSE_MILLIS = 50;

  private final List<Long> stages;
  private final List<Long> servers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile long stagesPeak;
  private volatile long allPeak;

  private PeakMemory(List<Long> stages, List<Long> servers) {
    this.stages = stages;
    this.servers = servers;
    this.thread = Thread.ofPlatform().daemon().name("peak-memory").unstarted(this::watch);
  }

  /// @param stages their process ids
  static PeakMemory watch(List<Long> stages, List<Long> servers) {
    PeakMemory memory = new PeakMemory(stages, servers);
    memory.thread.start();
    return memory;
  }

  private void watch() {
    try {
      do {
        look();
      } while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    long own = stages.stream().mapToLong(pid -> bytes(pid, "RssAnon:")).sum();
    long all = own + servers.stream().mapToLong(pid -> bytes(pid, "VmRSS:")).sum();
    stagesPeak = Math.max(stagesPeak, own);
    allPeak = Math.max(allPeak, all);
  }

  private static long bytes(long pid, String field) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // it has ended, which its next order tells
    }
  }

  /// The greatest sum over the stages.
  long stages() {
    return stagesPeak;
  }

  /// The greatest sum over stages and servers.
  long all() {
    return allPeak;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
