package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The processes of one pipeline, of ours or a peer's, with the server that they need.
///
/// **Threading:** one thread. **Ownership:** closing it ends the processes.
final class StageChain implements AutoCloseable {

  /// The same for all: a heap as small as services with such stages may have, and room for content
  /// outside it.
  private static final List<String> FLAGS =
      List.of("-Xmx128m", "-XX:MaxDirectMemorySize=1g", "-XX:+UseSerialGC", "-Xss512k");

  private static final ByteCount NODE_CAPACITY = ByteCount.mebibytes(512);

  /// Starts the processes of a chain.
  @FunctionalInterface
  private interface Starter {
    void start() throws IOException;
  }

  private final String name;

  /// Of a chain that begins anew for each size of messages.
  private @Nullable Starter starter;

  private int lastBytes;

  /// The source first.
  private final List<Agent> stages = new ArrayList<>();

  private final List<AutoCloseable> servers = new ArrayList<>();
  private final List<Long> serverIds = new ArrayList<>();

  private StageChain(String name) {
    this.name = name;
  }

  /// Ours, with a memory node of its own.
  ///
  /// @param memory where the memory node keeps what it has
  static StageChain hash(Path folder, Path memory, int stages) throws IOException {
    StageChain chain = new StageChain("by hash");
    try {
      MemoryNodeProcess node = MemoryNodeProcess.start(memory, NODE_CAPACITY);
      chain.server(node, node.pid());
      String control = Integer.toString(node.control().getPort());
      int[] next = {0};
      chain.start(
          HashStage.class,
          folder,
          stages,
          i -> {
            Path own = folder.resolve("stage-" + i);
            return List.of(Integer.toString(next[0]), control, own.toString());
          },
          next);
      return chain;
    } catch (IOException | RuntimeException e) {
      chain.close();
      throw e;
    }
  }

  /// Payloads over TCP. After short messages such stages are a fifth slower with long ones than
  /// those that have seen no others, so they begin anew for each size.
  static StageChain netty(Path folder, int stages) {
    StageChain chain = new StageChain("Netty TCP");
    chain.starter =
        () -> {
          int[] next = {0};
          chain.start(
              PayloadStage.class, folder, stages, _ -> List.of(Integer.toString(next[0])), next);
        };
    return chain;
  }

  /// Payloads through Redis streams; null where Redis is not installed.
  static @Nullable StageChain redis(Path folder, int stages)
      throws IOException, InterruptedException {
    RedisPeer redis = RedisPeer.start(folder);
    if (redis == null) {
      return null;
    }
    StageChain chain = new StageChain("Redis streams");
    chain.server(redis, redis.pid());
    try {
      chain.start(
          RedisStage.class, folder, stages, _ -> List.of(redis.socket().toString()), new int[1]);
      return chain;
    } catch (IOException | RuntimeException e) {
      chain.close();
      throw e;
    }
  }

  private void server(AutoCloseable server, long pid) {
    servers.add(server);
    serverIds.add(pid);
  }

  /// Starts the sink first: each stage greets with its port.
  ///
  /// @param next is set to the port of the stage started before
  private void start(
      Class<?> main, Path folder, int count, IntFunction<List<String>> arguments, int[] next)
      throws IOException {
    for (int i = count - 1; i >= 0; i--) {
      List<String> all = new ArrayList<>(List.of(Integer.toString(i), Integer.toString(count)));
      all.addAll(arguments.apply(i));
      Path errors = folder.resolve("stage-" + i + ".err");
      List<String> command = Agent.java(FLAGS, main, all.toArray(new String[0]));
      stages.addFirst(Agent.start(command, Map.of(), errors));
      next[0] = Integer.parseInt(stages.getFirst().greeting());
    }
  }

  String name() {
    return name;
  }

  Contest.Contender contender(PipelinePoint point) {
    return times -> run(point, times);
  }

  /// Sends so many messages down; returns the nanoseconds until all were done.
  long run(PipelinePoint point, int times) throws IOException {
    return stages.getFirst().ask(point.operation(), point.bytes(), times);
  }

  /// Whether it takes fresh processes for messages of this size, which have to be warmed up.
  boolean beginAnew(PipelinePoint point) throws IOException {
    if (starter == null || point.bytes() == lastBytes) {
      return false;
    }
    stages.forEach(Agent::close);
    stages.clear();
    starter.start();
    lastBytes = point.bytes();
    return true;
  }

  /// Whether it goes on with the processes that it has, whatever the size of messages.
  boolean isLasting() {
    return starter == null;
  }

  /// Sends messages until so much time has passed: so that compilers have come to rest, and the
  /// memory node has been full once.
  void warmUp(PipelinePoint point, Duration time) throws IOException {
    int batch = Math.ceilDiv(point.times(), 4);
    for (long left = time.toNanos(); left > 0; ) {
      left -= run(point, batch);
    }
  }

  /// Forgets the latencies so far.
  void forget() throws IOException {
    stages.getLast().ask("forget", 0, 0);
  }

  /// @param percentile `p50` or `p99`
  /// @return nanoseconds from the source's send to the end at the sink
  long latency(String percentile) throws IOException {
    return stages.getLast().ask(percentile, 0, 0);
  }

  /// Bytes that the stages have copied since they began, as each class of stages counts them.
  long copied() throws IOException {
    long bytes = 0;
    for (Agent stage : stages) {
      bytes += stage.ask("copied", 0, 0);
    }
    return bytes;
  }

  /// Begins to watch the memory of stages and servers.
  PeakMemory watchMemory() {
    return PeakMemory.watch(stages.stream().map(Agent::pid).toList(), serverIds);
  }

  /// A folder in memory, where there is one.
  static Path memoryFolder(Path otherwise) throws IOException {
    Path shared = Path.of("/dev/shm");
    return Files.isWritable(shared)
        ? Files.createTempDirectory(shared, "kog-bench-")
        : Files.createDirectory(otherwise.resolve("memory"));
  }

  @Override
  public void close() throws IOException {
    stages.forEach(Agent::close);
    for (AutoCloseable server : servers) {
      try {
        server.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("the server of " + name + " could not be closed", e);
      }
    }
  }
}
