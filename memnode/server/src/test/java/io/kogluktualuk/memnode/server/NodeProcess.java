package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.memnode.store.TierSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A memory node in a process of its own, which can be killed.
final class NodeProcess implements AutoCloseable {

  private final ChildJvm process;
  private final MemoryNode node;

  private NodeProcess(ChildJvm process, MemoryNode node) {
    this.process = process;
    this.node = node;
  }

  /// Starts a node on a folder and waits until it answers.
  ///
  /// @param options `tenants=a,b`; `memory=FOLDER` for a memory tier of 32 MiB there; in
  ///     milliseconds `lifetime=` of windows, `renew=` and `grace=` of the keys for reading
  static NodeProcess start(Path folder, long mebibytes, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString(), "" + mebibytes));
    arguments.addAll(List.of(options));
    ChildJvm process = ChildJvm.start(NodeProcess.class, arguments.toArray(String[]::new));
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

  private static MemorySettings settings(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (String option : List.of(arguments).subList(2, arguments.length)) {
      options.put(
          option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
    }
    StoreSettings plain = TestNodes.storeOf(Long.parseLong(arguments[1]));
    StoreSettings store =
        new StoreSettings(
            plain.capacity(),
            plain.indexBlobs(),
            Duration.ofMillis(Long.parseLong(options.getOrDefault("lifetime", "30000"))),
            plain.regionBytesMax(),
            12L << 20,
            options.containsKey("memory")
                ? new TierSettings(Path.of(options.get("memory")), ByteCount.mebibytes(32))
                : null);
    String tenants = options.getOrDefault("tenants", "");
    KeySchedule keys =
        new KeySchedule(
            Duration.ofMillis(Long.parseLong(options.getOrDefault("renew", "3600000"))),
            Duration.ofMillis(Long.parseLong(options.getOrDefault("grace", "1000"))));
    return TestNodes.settings(Path.of(arguments[0]), "child", 0, store)
        .withTenants(
            tenants.isEmpty()
                ? List.of()
                : Arrays.stream(tenants.split(",")).map(Tenant::new).toList())
        .withReadKeys(keys);
  }

  /// The node's process: serves until its input ends.
  public static void main(String[] arguments) throws IOException {
    MemorySettings settings = settings(arguments);
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
