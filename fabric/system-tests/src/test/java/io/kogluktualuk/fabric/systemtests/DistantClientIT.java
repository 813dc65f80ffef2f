package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.DataPath;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A service that shares nothing with the cluster but a cable: a network namespace of its own,
/// processes of its own, no adapter. It is given a URL that says where the control node is.
@Timeout(300)
final class DistantClientIT {

  @Test
  void aServiceOnAnotherHostNeedsAUrlAndARoute(@TempDir Path folder) throws Exception {
    assumeTrue(Namespaces.isAvailable(), "network namespaces need root and iproute2");
    try (Namespaces hosts = Namespaces.open();
        EmbeddedCluster cluster =
            EmbeddedCluster.open(
                ClusterSettings.of(folder.resolve("state"))
                    .withHost(hosts.own())
                    .withMemory(2, ByteCount.mebibytes(64))
                    .withCompute(1, 1));
        Fabric fabric = Fabric.connect(settings(cluster));
        ChildJvm service = ChildJvm.start(command(hosts, settings(cluster).toUrl()))) {
      assumeTrue(service.line().equals("ADAPTERS false"), "this machine has RDMA adapters");
      Ref ref = Ref.parse(answer(service, "STORED"));
      assertArrayEquals(
          DistantService.content(), fabric.bytes(ref, DistantService.LENGTH), "what it has put");
      assertEquals("WATCHING", service.line());
      fabric.roots().set("distant/orders", ref);
      assertEquals(ref.toString(), answer(service, "HEARD"));
      assertEquals("2 3 14 /text", answer(service, "COUNTED"));
      assertEquals("CUT", service.line());
      hosts.cut("service");
      service.tell("it is");
      assertEquals("HEAL", service.line());
      hosts.heal("service");
      service.tell("it is");
      String paths = answer(service, "PATHS");
      assertTrue(paths.startsWith("0 over shared memory, "), paths);
      assertNotEquals("0 over shared memory, 0 over TCP", paths);
    }
  }

  /// It is told nothing about verbs; the cluster of this test serves TCP as it would to anybody.
  private static ClientSettings settings(EmbeddedCluster cluster) {
    ClientSettings settings = ClientSettings.DEFAULT.withControls(cluster.controls());
    assertEquals(DataPath.AUTO, settings.path());
    return settings;
  }

  /// With process numbers of its own, so that no memory can be shared.
  private static List<String> command(Namespaces hosts, String url) throws IOException {
    List<String> command = new ArrayList<>(hosts.inNamespaceOf("service"));
    command.addAll(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    command.addAll(ChildJvm.command(DistantService.class, url));
    return command;
  }

  private static String answer(ChildJvm service, String word) throws IOException {
    String line = service.line();
    assertTrue(line.startsWith(word + " "), line);
    return line.substring(word.length() + 1);
  }
}
