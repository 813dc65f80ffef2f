package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedClusterTest {

  private final Path folder;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  EmbeddedClusterTest(@TempDir Path folder) {
    this.folder = folder.resolve("state");
  }

  @Test
  void contentIsThereAfterARestart() throws IOException {
    byte[] brief = Mutations.randomBytes(1000, random);
    byte[] lengthy = Mutations.randomBytes(9 << 20, random);
    Ref briefRef;
    Ref lengthyRef;
    try (EmbeddedCluster _ = EmbeddedCluster.open(small());
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      briefRef = fabric.put(new ByteArrayInputStream(brief));
      lengthyRef = fabric.put(new ByteArrayInputStream(lengthy));
      assertEquals(Kind.LIST, lengthyRef.kind());
      assertArrayEquals(lengthy, content(fabric, lengthyRef));
      assertEquals(0, fabric.stat(lengthyRef).missing());
      assertTrue(Operator.of(fabric).status().isHealthy(), Operator.of(fabric).status().toString());
    }
    assertFalse(Files.exists(folder.resolve(ClusterFile.NAME)), "it says where a cluster runs");
    assertThrows(Unavailable.class, () -> Fabric.connect(folder, ClientSettings.DEFAULT));
    try (EmbeddedCluster _ = EmbeddedCluster.open(small());
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      assertArrayEquals(brief, content(fabric, briefRef));
      assertArrayEquals(lengthy, content(fabric, lengthyRef));
      assertEquals(briefRef, fabric.ref(briefRef.hash().toHex().substring(0, 8)));
      assertEquals(lengthyRef, fabric.ref(lengthyRef.hash().toHex()));
      assertThrows(NotFound.class, () -> fabric.ref(Hash.of(new byte[] {1}).toHex()));
    }
  }

  @Test
  void threeControlNodesAreOneControlPlane() throws IOException {
    byte[] bytes = Mutations.randomBytes(100_000, random);
    Ref ref;
    try (EmbeddedCluster cluster = EmbeddedCluster.open(small().withControlNodes(3));
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      assertEquals(cluster.controls(), ClusterFile.read(folder).controls());
      assertEquals(3, cluster.controls().size());
      ref = fabric.put(new ByteArrayInputStream(bytes));
      assertTrue(Operator.of(fabric).status().isHealthy(), Operator.of(fabric).status().toString());
      for (InetSocketAddress one : cluster.controls()) {
        try (Fabric other = Fabric.connect(one, ClientSettings.DEFAULT)) {
          assertArrayEquals(bytes, content(other, ref));
        }
      }
    }
    try (EmbeddedCluster _ = EmbeddedCluster.open(small().withControlNodes(3));
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      assertArrayEquals(bytes, content(fabric, ref));
    }
    assertThrows(InvalidArgument.class, () -> small().withControlNodes(2));
  }

  @Test
  void tenantsAreApartAndStayInTheFolder() throws IOException {
    byte[] bytes = Mutations.randomBytes(5 << 20, random);
    ClientSettings team = ClientSettings.DEFAULT.withTenant(new Tenant("team-a"));
    Ref ref;
    try (EmbeddedCluster _ =
            EmbeddedCluster.open(small().withTenants(List.of(new Tenant("team-a"))));
        Fabric theirs = Fabric.connect(folder, team);
        Fabric others = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      ref = theirs.put(new ByteArrayInputStream(bytes));
      assertArrayEquals(bytes, content(theirs, ref));
      assertThrows(NotFound.class, () -> content(others, ref));
      assertThrows(NotFound.class, () -> others.ref(ref.hash().toHex().substring(0, 8)));
      Ref namespace = theirs.trees().load("test", "", folder);
      Transaction transaction = Transaction.of(namespace, List.of("/bin/x"), Limits.DEFAULT);
      Refused refused =
          assertThrows(
              Refused.class,
              () -> theirs.run(transaction, Duration.ofSeconds(9), RunListener.SILENT));
      assertTrue(String.valueOf(refused.getMessage()).contains("'team-a'"), refused.toString());
    }
    ClientSettings unknown = ClientSettings.DEFAULT.withTenant(new Tenant("team-b"));
    try (EmbeddedCluster _ = EmbeddedCluster.open(small());
        Fabric theirs = Fabric.connect(folder, team);
        Fabric nobody = Fabric.connect(folder, unknown)) {
      assertArrayEquals(bytes, content(theirs, ref));
      InvalidArgument failure =
          assertThrows(InvalidArgument.class, () -> nobody.put(new ByteArrayInputStream(bytes)));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("it has [default, team-a]"),
          failure.toString());
    }
  }

  /// All of 127.0.0.0/8 is this host on Linux.
  @Test
  void aClusterAnswersOnTheAddressItIsBoundTo() throws IOException {
    byte[] bytes = Mutations.randomBytes(5 << 20, random);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(small().withHost("127.0.0.2"));
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      assertArrayEquals(bytes, content(fabric, fabric.put(new ByteArrayInputStream(bytes))));
      assertTrue(Operator.of(fabric).status().isHealthy(), Operator.of(fabric).status().toString());
      for (ServedNode node : cluster.nodes()) {
        assertEquals("127.0.0.2", node.address().getHostString(), node.toString());
      }
      Operator.of(fabric)
          .control()
          .members()
          .members()
          .forEach(m -> assertTrue(m.info().address().startsWith("127.0.0.2:"), m.toString()));
    }
  }

  @Test
  void aFolderHasOneClusterAtATime() {
    try (EmbeddedCluster first = EmbeddedCluster.open(small())) {
      Conflict second = assertThrows(Conflict.class, () -> EmbeddedCluster.open(small()));
      assertTrue(String.valueOf(second.getMessage()).contains("is in use"), second.toString());
      try (Fabric fabric = Fabric.connect(first.control(), ClientSettings.DEFAULT)) {
        assertEquals(5, first.nodes().size());
        assertEquals(5, Operator.of(fabric).control().members().members().size());
      }
    }
  }

  @Test
  void aPortInUseIsNamedAndNothingStaysRunning() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ClusterSettings settings = small().withControlPort(taken.getLocalPort());
      Conflict refused = assertThrows(Conflict.class, () -> EmbeddedCluster.open(settings));
      String port = Integer.toString(taken.getLocalPort());
      assertTrue(String.valueOf(refused.getMessage()).contains(port), refused.toString());
    }
    EmbeddedCluster.open(small()).close();
  }

  @Test
  void whatAKilledClusterLeftBehindIsNoObstacle() throws IOException {
    EmbeddedCluster.open(small()).close();
    Files.writeString(
        folder.resolve(ClusterFile.NAME), "control=127.0.0.1:1\npid=999999999\nstarted=1\n");
    assertThrows(Unavailable.class, () -> Fabric.connect(folder, ClientSettings.DEFAULT));
    try (EmbeddedCluster _ = EmbeddedCluster.open(small());
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      assertEquals(5, Operator.of(fabric).control().members().members().size());
    }
  }

  @Test
  void memoryNodesThatHoldBlobsAreKeptAndComputeNodesNeedNot() {
    EmbeddedCluster.open(small().withMemory(3, ByteCount.mebibytes(64)).withCompute(3, 1)).close();
    try (EmbeddedCluster fewer = EmbeddedCluster.open(small());
        Fabric fabric = Fabric.connect(folder, ClientSettings.DEFAULT)) {
      List<String> names = fewer.nodes().stream().map(ServedNode::name).toList();
      assertTrue(names.contains("memory-3"), names.toString());
      assertFalse(names.contains("compute-3"), names.toString());
      assertTrue(Operator.of(fabric).status().isHealthy(), Operator.of(fabric).status().toString());
    }
  }

  private ClusterSettings small() {
    return ClusterSettings.of(folder).withMemory(2, ByteCount.mebibytes(64)).withCompute(2, 1);
  }

  private static byte[] content(Fabric fabric, Ref ref) {
    try (ContentStream stream = fabric.open(ref)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
