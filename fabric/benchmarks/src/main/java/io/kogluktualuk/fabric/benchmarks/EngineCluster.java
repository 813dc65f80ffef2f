package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.computenode.runtime.transaction.Engine;
import io.kogluktualuk.computenode.server.ComputeServer;
import io.kogluktualuk.computenode.server.ComputeSettings;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A cluster, and one compute node more that the benchmark calls within the process.
///
/// **Threading:** one thread. **Ownership:** closes all it opened.
final class EngineCluster implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final EmbeddedCluster cluster;
  private final Fabric fabric;
  private final ComputeServer server;
  private long runs;

  EngineCluster(Path folder) {
    ClusterSettings settings = ClusterSettings.of(folder.resolve("cluster"));
    cluster = EmbeddedCluster.open(settings.withMemory(1, ByteCount.gibibytes(32)));
    fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT);
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    Path own = folder.resolve("engine");
    List<InetSocketAddress> control = List.of(cluster.control());
    server = ComputeServer.open(ComputeSettings.of(own, "engine", any, control, 2));
  }

  Engine engine() {
    return server.engine();
  }

  BlobStore blobs() {
    return Operator.of(fabric).blobs();
  }

  /// A namespace with the benchmark's own programs.
  Ref namespace(String... programs) throws IOException {
    NamespaceEditor editor = new NamespaceEditor(Operator.of(fabric).blobs());
    for (String program : programs) {
      try (InputStream wasm = EngineCluster.class.getResourceAsStream(program + ".wasm")) {
        if (wasm == null) {
          throw new IOException(program + ".wasm is not on the class path");
        }
        Ref ref = fabric.put(new ByteArrayInputStream(wasm.readAllBytes()));
        editor.bind(NamePath.parse("/bin/" + program), ref);
      }
    }
    return editor.write();
  }

  /// Stores a transaction, so that it can be run.
  Transaction prepare(Ref namespace, String... argv) {
    Transaction transaction = Transaction.of(namespace, List.of(argv), Limits.DEFAULT);
    Operator.of(fabric).blobs().put(List.of(transaction.encode()));
    return transaction;
  }

  /// Runs it within the process.
  RunReport run(Transaction transaction) {
    RunRequest request = RunRequest.of(transaction.key(), new RunId(0, ++runs), TIMEOUT);
    RunReport report = engine().run(request);
    if (!report.outcome().ending().isSuccess()) {
      throw new IllegalStateException(
          String.join(" ", transaction.argv()) + " " + report.outcome().ending());
    }
    return report;
  }

  @Override
  public void close() {
    try (cluster;
        fabric) {
      server.close();
    }
  }
}
