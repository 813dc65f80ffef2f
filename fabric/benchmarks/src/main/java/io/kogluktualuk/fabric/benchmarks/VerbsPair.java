package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A [VerbsTarget] and a [VerbsInitiator] over one data path.
///
/// **Threading:** one thread. **Ownership:** closes both processes.
final class VerbsPair implements AutoCloseable {

  private static final int CHECKED_BYTES = 1 << 16;

  private final Agent target;
  private final Agent initiator;

  private VerbsPair(Agent target, Agent initiator) {
    this.target = target;
    this.initiator = initiator;
  }

  /// @param path `shared` or `tcp`
  static VerbsPair start(String path, Path folder) throws IOException {
    Path memory = Path.of("/dev/shm");
    Path file =
        Files.createTempFile(Files.isWritable(memory) ? memory : folder, "kog-bench-", ".region");
    file.toFile().deleteOnExit();
    List<String> flags = List.of("-Dkog.rdma.provider=" + path, "-Xmx256m", "-XX:+UseSerialGC");
    Path errors = folder.resolve(path + ".err");
    Agent target =
        Agent.start(Agent.java(flags, VerbsTarget.class, file.toString()), Map.of(), errors);
    try {
      String[] words = target.greeting().split(" ");
      Agent initiator =
          Agent.start(
              Agent.java(
                  flags, VerbsInitiator.class, file.toString(), words[0], words[1], words[2]),
              Map.of(),
              errors);
      require(path, initiator.greeting());
      initiator.ask("check", CHECKED_BYTES, 1);
      return new VerbsPair(target, initiator);
    } catch (IOException | RuntimeException e) {
      target.close();
      throw e;
    }
  }

  /// That what is measured goes the way that it is said to go.
  private static void require(String path, String connections) throws IOException {
    String other = path.equals("tcp") ? "0 over shared memory" : "0 over TCP";
    if (!connections.contains(other)) {
      throw new IOException("asked for " + path + ", and the connections are " + connections);
    }
  }

  /// An operation of the initiator.
  Contest.Contender contender(String operation, int bytes) {
    return times -> initiator.ask(operation, bytes, times);
  }

  /// Heap bytes that one operation costs, in both processes together.
  double allocated(String operation, int bytes, int times) throws IOException {
    initiator.ask(operation, bytes, times);
    long before = allocated();
    long between = allocated();
    initiator.ask(operation, bytes, times);
    long after = allocated();
    // The questions themselves cost what they cost between the first two.
    return Math.max(0, (after - between) - (between - before)) / (double) times;
  }

  private long allocated() throws IOException {
    return initiator.ask("allocated", 0, 0) + target.ask("allocated", 0, 0);
  }

  @Override
  public void close() {
    initiator.close();
    target.close();
  }
}
