package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A root that is watched while each of three control nodes, first the leader, is killed and comes
/// back: every change is heard of, once, in order.
@Timeout(300)
final class RootWatchIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final String NAME = "watched";

  private int number;

  @Test
  void aWatchHearsOfEachChangeOnceAcrossFailovers(@TempDir Path folder) throws Exception {
    ClusterSettings settings =
        ClusterSettings.of(folder)
            .withControlNodes(3)
            .withMemory(1, ByteCount.mebibytes(64))
            .withCompute(1, 1);
    try (ProcessCluster cluster = ProcessCluster.of(settings).startAll();
        Fabric fabric = cluster.connect();
        RootWatch watch = fabric.roots().watch(NAME)) {
      changeAndHear(fabric, watch, 3);
      for (int failover = 0; failover < 3; failover++) {
        String leader = leader(fabric);
        cluster.kill(leader);
        changeAndHear(fabric, watch, 1); // while another one is elected
        assertNull(watch.next(QUIET), "nothing has changed");
        changeAndHear(fabric, watch, 3);
        cluster.start(leader);
        changeAndHear(fabric, watch, 1);
        cluster.awaitReady(leader);
        assertNull(watch.next(QUIET), "nothing has changed");
      }
      // Whichever node keeps the question now goes, too.
      for (String node : cluster.names().stream().filter(RootWatchIT::isControl).toList()) {
        cluster.kill(node);
        cluster.start(node);
        cluster.awaitReady(node);
        changeAndHear(fabric, watch, 1);
      }
      fabric.roots().remove(NAME);
      assertEquals(new RootNews(NAME, 0, null), watch.next(LONG));
      assertNull(watch.next(QUIET), "nothing has changed");
    }
  }

  private static boolean isControl(String node) {
    return node.startsWith("control");
  }

  private void changeAndHear(Fabric fabric, RootWatch watch, int times) {
    for (int i = 0; i < times; i++) {
      Ref ref = fabric.put(new byte[] {(byte) number++});
      long revision = fabric.roots().set(NAME, ref);
      assertEquals(new RootNews(NAME, revision, ref), watch.next(LONG));
    }
  }

  private static String leader(Fabric fabric) throws InterruptedException {
    String[] found = {""};
    Await.until(
        Deadline.after(LONG),
        () -> {
          found[0] = Operator.of(fabric).control().plane().groups().getFirst().leader();
          return !found[0].isEmpty();
        },
        () -> "no leader");
    return found[0];
  }
}
