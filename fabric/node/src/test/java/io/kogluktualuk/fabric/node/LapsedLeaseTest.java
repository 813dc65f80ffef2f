package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Leases and credits of a whole cluster with its standard settings.
@Timeout(240)
class LapsedLeaseTest {

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private List<Blob> blobs(int count) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(64 << 10, random)));
    }
    return blobs;
  }

  /// An operator ends the lease while its holder reads: the holder gets another, and reads on.
  @Test
  void aLeaseThatEndsWhileItsHolderReadsIsReplacedAndNobodyNotices(@TempDir Path home) {
    ClusterSettings settings = ClusterSettings.of(home).withMemory(2, ByteCount.mebibytes(64));
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        ControlLink link = ControlLink.open(List.of(controlOf(cluster)), RpcSecurity.NONE)) {
      ControlClient control = new ControlClient(link, Duration.ofSeconds(20));
      try (FabricBlobs session =
              FabricBlobs.open(
                  () -> MemoryNode.among(control.members().members()),
                  ReaderSettings.defaults().withTimeout(Duration.ofSeconds(30)),
                  new ControlLeases(link, "reader", new RequestIds(new SecureRandom())),
                  new LeaseSettings(
                      Account.DEFAULT, Duration.ofSeconds(6), Duration.ofSeconds(5)));
          Held held = session.leases().open()) {
        List<Blob> kept = blobs(40);
        session.with(PutPolicy.derived(1).withReplicas(2), held).put(kept);
        for (int round = 0; round < 3; round++) {
          long lapses = session.leases().lapses();
          leaseOfReader(control).forEach(control::revoke);
          long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
          while (session.leases().lapses() == lapses
              || leaseOfReader(control).isEmpty()
              || holds(cluster) < 2 * kept.size()) {
            assertTrue(System.nanoTime() - end < 0, "not held again: " + holds(cluster));
            kept.forEach(b -> assertArrayEquals(b.toArray(), session.get(b.hash()).toArray()));
          }
        }
        assertEquals(0, held.lost().size());
      }
    }
  }

  private static List<LeaseId> leaseOfReader(ControlClient control) {
    return control.leases().leases().stream()
        .filter(each -> each.holder().equals("reader"))
        .map(Leases.Held::id)
        .toList();
  }

  private static java.net.InetSocketAddress controlOf(EmbeddedCluster cluster) {
    return cluster.nodes().stream()
        .filter(node -> node.role().equals("control"))
        .findFirst()
        .orElseThrow()
        .address();
  }

  private static long holds(EmbeddedCluster cluster) {
    return cluster.nodes().stream()
        .flatMap(node -> node.samples().stream())
        .filter(sample -> sample.name().equals("kog_memory_holds"))
        .mapToLong(sample -> (long) sample.value())
        .sum();
  }

  /// The default account has no limit: the stores are one, and say so in time.
  @Test
  void aPutToAFullClusterIsRefusedWithNumbers(@TempDir Path home) {
    ClusterSettings settings = ClusterSettings.of(home).withMemory(2, ByteCount.mebibytes(32));
    ClientSettings hurried =
        ClientSettings.DEFAULT.withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(4));
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(List.of(controlOf(cluster)), hurried)) {
      FabricException refusal =
          assertThrows(
              FabricException.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  Operator.of(fabric).blobs().put(blobs(16));
                }
              });
      assertTrue(
          refusal instanceof OutOfSpace || refusal instanceof OutOfCredits, refusal.toString());
      assertTrue(refusal.toString().contains("the node keeps"), refusal.toString());
    }
  }
}
