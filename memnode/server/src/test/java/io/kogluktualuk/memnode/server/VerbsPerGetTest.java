package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.provider.VerbsProvider;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a GET costs, in verbs, and what the memory nodes notice of it: nothing.
///
/// The nodes run in processes of their own, which have told nobody about themselves, so that there
/// is no other traffic.
@Timeout(600)
class VerbsPerGetTest {

  private static final int BLOBS = 24;
  private static final int BLOB_BYTES = 4096;

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  @Test
  void aGetIsTwoVerbsColdAndOneWarmAndTheNodesNoticeNothing(@TempDir Path folder)
      throws IOException {
    try (NodeProcess a = NodeProcess.start(folder.resolve("a"), 64);
        NodeProcess b = NodeProcess.start(folder.resolve("b"), 64)) {
      List<MemoryNode> nodes = List.of(a.node(), b.node());
      List<Blob> acquaintance = blobs();
      List<Blob> content = blobs();
      try (FabricBlobs writer = store(nodes)) {
        patiently(() -> writer.put(acquaintance));
        patiently(() -> writer.put(content));
      }
      try (FabricBlobs reader = store(nodes)) {
        patiently(() -> getAll(reader, acquaintance)); // connects to both
        List<MemoryStatus> before = nodes.stream().map(VerbsPerGetTest::status).toList();
        AdapterCounters adapter = AdapterCounters.now();
        assertEquals(2 * BLOBS, reads(reader, content), "cold: the index, then the blob");
        assertEquals(BLOBS, reads(reader, content), "warm: the blob");
        assertEquals(BLOBS, reads(reader, content), "warm: the blob");
        requirePackets(AdapterCounters.now().since(adapter), 4 * BLOBS);
        for (int i = 0; i < nodes.size(); i++) {
          MemoryStatus after = status(nodes.get(i));
          assertEquals(before.get(i).calls(), after.calls(), "calls answered for GETs");
          assertEquals(0, after.completions(), "completions of " + after.id());
        }
        assertTrue(before.stream().allMatch(s -> s.calls() > 0), "calls are counted: " + before);
      }
    }
  }

  /// Each READ is at least a request and a response, if it went over an adapter at all.
  private static void requirePackets(AdapterCounters during, long reads) {
    if (Verbs.install().provider() == VerbsProvider.NATIVE && during.isThere()) {
      System.out.println(reads + " READs of at most 4 KiB; the devices counted " + during.values());
      assertTrue(during.get("sent_pkts") >= 2 * reads, during.toString());
    }
  }

  /// On an emulated machine the first connection may take longer than a store waits for one.
  private static void patiently(Runnable preparation) {
    Deadline deadline = Deadline.after(Duration.ofMinutes(2));
    while (true) {
      try {
        preparation.run();
        return;
      } catch (Unavailable | DeadlineExceeded e) {
        if (deadline.hasPassed()) {
          throw e;
        }
      }
    }
  }

  private List<Blob> blobs() {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(BLOB_BYTES, random)));
    }
    return blobs;
  }

  private static FabricBlobs store(List<MemoryNode> nodes) {
    return FabricBlobs.open(
        () -> nodes,
        new ReaderSettings(2, 8, 4, 10_000, Duration.ofMillis(1), Duration.ofSeconds(30))
            .withUseHints(0));
  }

  /// The verbs it takes to get all, one after the other.
  private static long reads(FabricBlobs reader, List<Blob> blobs) {
    long before = reader.counts().reads();
    getAll(reader, blobs);
    return reader.counts().reads() - before;
  }

  private static void getAll(FabricBlobs reader, List<Blob> blobs) {
    blobs.forEach(b -> assertArrayEquals(b.toArray(), reader.get(b.hash()).toArray()));
  }

  private static MemoryStatus status(MemoryNode node) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    try (Channel channel = RpcClient.connect(node.address(), deadline)) {
      return channel.call(MemoryCalls.STATUS, new StatusRequest(), deadline);
    }
  }
}
