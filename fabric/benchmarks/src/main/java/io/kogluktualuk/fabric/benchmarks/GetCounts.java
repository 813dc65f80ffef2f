package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Counts, not times: the one-sided reads that a GET by hash takes, and the completions that the
/// memory node, a process of its own, notices of them.
///
/// **Threading:** one thread.
final class GetCounts {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int BLOBS = 200;
  private static final int BLOB_BYTES = 4096;

  private GetCounts() {}

  static List<Measurement> run(Path folder) throws IOException {
    try (MemoryNodeProcess process = MemoryNodeProcess.start(folder);
        Channel control = RpcClient.connect(process.control(), Deadline.after(TIMEOUT))) {
      List<MemoryNode> nodes =
          new ControlClient(control, TIMEOUT)
              .members().members().stream()
                  .map(Member::info)
                  .filter(info -> info.role() == Role.MEMORY)
                  .map(GetCounts::node)
                  .toList();
      return run(nodes);
    }
  }

  private static MemoryNode node(MemberInfo info) {
    return new MemoryNode(
        info.id().toString(), ClusterFile.parseAddress(info.address()), info.weight());
  }

  private static List<Measurement> run(List<MemoryNode> nodes) {
    List<Blob> blobs = blobs();
    try (FabricBlobs writer = FabricBlobs.open(() -> nodes, ReaderSettings.defaults())) {
      writer.put(blobs);
    }
    try (FabricBlobs reader = FabricBlobs.open(() -> nodes, ReaderSettings.defaults())) {
      // The first one connects.
      reads(reader, blobs.subList(0, 1));
      List<Blob> rest = blobs.subList(1, blobs.size());
      long before = completions(nodes);
      long cold = reads(reader, rest);
      long warm = reads(reader, rest);
      long noticed = completions(nodes) - before;
      double gets = rest.size();
      return List.of(
          row("verbs per GET, cold", cold / gets, 2),
          row("verbs per GET, warm", warm / gets, 1),
          row("memory node's completions per GET", noticed / (2 * gets), 0));
    }
  }

  private static List<Blob> blobs() {
    SplittableRandom random = new SplittableRandom(BLOB_BYTES);
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      byte[] content = new byte[BLOB_BYTES];
      random.nextBytes(content);
      blobs.add(Blob.of(content));
    }
    return blobs;
  }

  private static long reads(FabricBlobs reader, List<Blob> blobs) {
    long before = reader.counts().reads();
    for (Blob blob : blobs) {
      Hash hash = blob.hash();
      if (!reader.get(hash).hash().equals(hash)) {
        throw new IllegalStateException("a benchmark read something else than it had stored");
      }
    }
    return reader.counts().reads() - before;
  }

  private static long completions(List<MemoryNode> nodes) {
    long sum = 0;
    for (MemoryNode node : nodes) {
      Deadline deadline = Deadline.after(TIMEOUT);
      try (Channel channel = RpcClient.connect(node.address(), deadline)) {
        MemoryStatus status = channel.call(MemoryCalls.STATUS, new StatusRequest(), deadline);
        sum += status.completions();
      }
    }
    return sum;
  }

  private static Measurement row(String metric, double found, double expected) {
    return new Measurement(
        VerbsBench.NAME,
        metric,
        "",
        found,
        expected,
        "the design",
        Measurement.Direction.LOWER_IS_BETTER,
        null,
        null,
        1.0);
  }
}
