package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.NodeSecurity;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does with nodes that are processes of their own, by commands.
@EnabledIfSystemProperty(
    named = "operations",
    matches = "true",
    disabledReason = "it takes several minutes")
@Timeout(600)
final class OperationsIT {

  private static final int BYTES = 50_000;
  private static final int CONTENTS = 24;
  private static final int CONFLICT = 7;
  private static final Duration SOON = Duration.ofMinutes(3);

  @TempDir private Path folder = Path.of("unset");

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private Path home() {
    return folder.resolve("home");
  }

  private ClusterSettings settings(int memoryNodes) {
    return ClusterSettings.of(home())
        .withMemory(memoryNodes, ByteCount.mebibytes(128))
        .withCompute(1, 1);
  }

  /// Runs a command on a cluster that is not found by itself.
  private Kog.Result kog(ProcessCluster cluster, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(1, List.of("--control", controls(cluster)));
    return new Kog(folder.resolve("none"), folder).run(all.toArray(String[]::new));
  }

  private static String controls(ProcessCluster cluster) {
    return cluster.controls().stream()
        .map(one -> one.getHostString() + ":" + one.getPort())
        .collect(Collectors.joining(","));
  }

  private Map<Ref, byte[]> put(Fabric fabric) throws IOException {
    Map<Ref, byte[]> contents = new LinkedHashMap<>();
    for (int i = 0; i < CONTENTS; i++) {
      byte[] bytes = Mutations.randomBytes(BYTES, random);
      contents.put(fabric.put(new ByteArrayInputStream(bytes)), bytes);
    }
    return contents;
  }

  private static void requireAll(ProcessCluster cluster, Map<Ref, byte[]> contents)
      throws IOException {
    try (Fabric fabric = cluster.connect()) {
      for (Map.Entry<Ref, byte[]> each : contents.entrySet()) {
        try (ContentStream stream = fabric.open(each.getKey())) {
          assertArrayEquals(each.getValue(), stream.readAllBytes());
        }
      }
    }
  }

  @Test
  void aMemoryNodeLeavesUnderLoadAndAnotherTakesItsShare() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.of(settings(3)).startAll();
        Fabric fabric = cluster.connect()) {
      Map<Ref, byte[]> contents = put(fabric);
      try (SteadyLoad load = SteadyLoad.start(cluster::connect)) {
        load.awaitMoreOfEach();
        kog(cluster, "forget", "memory-3").failsWith(CONFLICT, "drain it");
        load.note("drain");
        kog(cluster, "drain", "memory-3", "--wait").succeeds();
        kog(cluster, "forget", "memory-3").failsWith(CONFLICT, "stop it first");
        load.note("drained");
        cluster.stop("memory-3");
        Await.until(
            Deadline.after(SOON),
            () -> kog(cluster, "forget", "memory-3").exit() == 0,
            () -> "memory-3 cannot be forgotten");
        load.note("forgotten");
        load.awaitMoreOfEach();
        cluster.planMemory("memory-4");
        cluster.start("memory-4");
        cluster.awaitReady("memory-4");
        load.note("memory-4 is ready");
        Await.until(
            Deadline.after(SOON),
            () -> fabric.member("memory-4").load().usedBytes() > (long) BYTES * CONTENTS / 4,
            () -> "memory-4 does not get its share: " + fabric.member("memory-4"));
        load.awaitMoreOfEach();
        load.finish();
        assertEquals(List.of(), load.failures(), load::report);
      }
      requireAll(cluster, contents);
    }
  }

  @Test
  void aTlsClusterIsCollectedForItsAccountsAndOutlivesAKilledClient() throws Exception {
    ClusterSettings secured = settings(2).withTls(true).withTenants(List.of(new Tenant("trades")));
    try (ProcessCluster cluster = ProcessCluster.of(secured).startAll()) {
      String owner = home().resolve("identity").toString();
      new Kog(folder, folder)
          .run(
              "ca",
              "issue",
              "--ca",
              home().resolve("authority").toString(),
              "--role",
              "client",
              "--name",
              "stage",
              "--tenant",
              "default",
              "--account",
              "stage",
              "--to",
              "stage")
          .succeeds();
      kog(cluster, "credits", "--identity", owner, "limit", "stage", "64MiB").succeeds();
      Ref kept;
      Ref left;
      try (Fabric fabric = connect(cluster, folder.resolve("stage"))) {
        kept = putFor(fabric, "stage");
        left = putFor(fabric, "stage");
      }
      kog(cluster, "root", "--identity", owner, "set", "kept", kept.toString()).succeeds();
      kog(cluster, "gc", "--identity", folder.resolve("stage").toString(), "--grace", "0s")
          .failsWith(CONFLICT, "administrators");
      Kog.Result gc = kog(cluster, "gc", "--identity", owner, "--grace", "0s").succeeds();
      assertTrue(gc.text().contains("memory-2"), gc.text());
      try (Fabric fabric = connect(cluster, folder.resolve("stage"))) {
        assertEquals(BYTES, fabric.blobs().get(kept.hash()).length());
        assertThrows(NotFound.class, () -> fabric.blobs().get(left.hash()));
      }
      killInMidHandshake(cluster, owner);
      kog(cluster, "status", "--identity", owner).succeeds();
    }
  }

  /// A client that dies while it proves who it is: the node that it talks to is kept from
  /// answering, so it has begun and waits.
  private void killInMidHandshake(ProcessCluster cluster, String identity) throws Exception {
    Process client;
    cluster.pause("control-1");
    try {
      client =
          new Kog(folder.resolve("none"), folder)
              .start("status", "--control", controls(cluster), "--identity", identity);
      Await.pause(5000);
      assertTrue(client.isAlive(), "it should wait for its answer");
      Kog.kill(client.toHandle());
    } finally {
      cluster.resume("control-1");
    }
  }

  private static Fabric connect(ProcessCluster cluster, Path identity) {
    return Fabric.connect(
        cluster.controls(), ClientSettings.DEFAULT.withSecurity(NodeSecurity.of(identity)));
  }

  private Ref putFor(Fabric fabric, String account) {
    Blob blob = Blob.of(Mutations.randomBytes(BYTES, random));
    fabric.blobs(PutPolicy.source(2).withAccount(new Account(account))).put(List.of(blob));
    return Ref.ofBlob(blob);
  }
}
