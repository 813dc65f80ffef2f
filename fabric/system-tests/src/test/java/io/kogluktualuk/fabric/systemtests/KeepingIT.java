package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What roots keep and what collections take, on a TLS cluster of processes whose clients have
/// accounts and tenants.
@Timeout(600)
final class KeepingIT {

  private static final Tenant TRADES = new Tenant("trades");
  private static final int BYTES = 50_000;

  /// Enough that of the outputs of as many runs each of two nodes has some.
  private static final int RUNS = 8;

  private static final int NOT_FOUND = 3;
  private static final int CONFLICT = 7;

  /// Longer than a command takes to begin its handshake.
  private static final long BEGUN_MILLIS = 3000;

  @TempDir private Path folder = Path.of("unset");

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private ProcessCluster cluster() throws InterruptedException {
    return ProcessCluster.of(
            ClusterSettings.of(folder.resolve("home"))
                .withMemory(2, ByteCount.mebibytes(128))
                .withCompute(1, 1)
                .withTls(true)
                .withTenants(List.of(TRADES)))
        .startAll();
  }

  private Path owner() {
    return folder.resolve("home/identity");
  }

  /// A client of a tenant and an account, which may keep 64 MiB.
  private Path client(ClusterCommands kog, String name, Tenant tenant) throws Exception {
    kog.runAs(owner(), "credits", "limit", name, "64MiB").succeeds();
    return kog.certify("home/authority", name, "--tenant", tenant.name(), "--account", name);
  }

  @Test
  void tenantsAreCollectedEachForItsAccountsAndByItsOwnRoots() throws Exception {
    try (ProcessCluster cluster = cluster()) {
      ClusterCommands kog = new ClusterCommands(cluster, folder);
      Path stage = client(kog, "stage", Tenant.DEFAULT);
      Path desk = client(kog, "desk", TRADES);
      try (Fabric ours = kog.connect(stage, Tenant.DEFAULT);
          Fabric theirs = kog.connect(desk, TRADES)) {
        Content stages = new Content(ours, "stage", () -> kog.connect(stage, Tenant.DEFAULT));
        Content desks = new Content(theirs, "desk", () -> kog.connect(desk, TRADES));
        Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
        kog.runAs(stage, "put", file.toString()).failsWith(CONFLICT, "account");
        kog.runAs(stage, "put", "--account", "stage", file.toString()).succeeds();
        kog.runAs(stage, "root", "--account", "stage", "set", "kept", stages.kept.toString())
            .succeeds();
        kog.runAs(
                desk,
                "root",
                "--tenant",
                "trades",
                "--account",
                "desk",
                "set",
                "kept",
                desks.kept.toString())
            .succeeds();
        kog.runAs(desk, "root", "rm", "kept").failsWith(CONFLICT, "desk", "tenant");
        kog.runAs(stage, "gc", "--grace", "0s").failsWith(CONFLICT, "administrators");

        String gc = kog.runAs(owner(), "gc", "--grace", "0s").succeeds().text();
        assertTrue(gc.startsWith("1 roots reach") && gc.contains("memory-2"), gc);
        stages.requireOnlyKept();
        desks.requireAll();
        kog.runAs(owner(), "gc", "--grace", "0s", "--tenant", "trades").succeeds();
        stages.requireOnlyKept();
        desks.requireOnlyKept();
      }
      killInMidHandshake(cluster, kog);
      Kog.Result audit = kog.runAs(owner(), "audit", "verify").succeeds();
      assertTrue(audit.text().contains("same"), audit.text());
      String roots = kog.runAs(owner(), "root", "ls", "--tenant", "trades").succeeds().text();
      assertTrue(roots.contains("kept"), roots);
    }
  }

  /// What a client has put, charged to its account. Looked at by a session of its own each time:
  /// one that knows where a blob lay may read it there as long as nothing else has come to that
  /// place.
  private final class Content {
    final Supplier<Fabric> connect;
    final Ref kept;
    final Ref left;

    Content(Fabric fabric, String account, Supplier<Fabric> connect) {
      this.connect = connect;
      var blobs = Operator.of(fabric).blobs(PutPolicy.source(2).withAccount(new Account(account)));
      byte[] large = Mutations.randomBytes(Blob.LENGTH_MAX + BYTES, random);
      this.kept = new ContentWriter(blobs).write(large, 0, large.length).finish();
      Blob blob = Blob.of(Mutations.randomBytes(BYTES, random));
      this.left = Ref.ofBlob(blob);
      blobs.put(List.of(blob));
    }

    void requireOnlyKept() throws IOException {
      try (Fabric fabric = connect.get()) {
        requireKept(fabric);
        assertThrows(NotFound.class, () -> Operator.of(fabric).blobs().get(left.hash()));
      }
    }

    void requireAll() throws IOException {
      try (Fabric fabric = connect.get()) {
        requireKept(fabric);
        assertEquals(BYTES, Operator.of(fabric).blobs().get(left.hash()).length());
      }
    }

    private void requireKept(Fabric fabric) throws IOException {
      try (var stream = fabric.open(kept)) {
        assertEquals(kept.length(), stream.readAllBytes().length);
      }
    }
  }

  /// A client that dies while it proves who it is: the node that it talks to is kept from
  /// answering, so it has begun and waits.
  private void killInMidHandshake(ProcessCluster cluster, ClusterCommands kog) throws Exception {
    cluster.pause("control-1");
    try {
      Process client = kog.startAs(owner(), "status");
      Await.pause(BEGUN_MILLIS);
      assertTrue(client.isAlive(), "it should wait for its answer");
      Kog.kill(client.toHandle());
    } finally {
      cluster.resume("control-1");
    }
  }

  @Test
  void aRootIsSetOverWhatWasLostIfItCanBeMadeAgain() throws Exception {
    try (ProcessCluster cluster = cluster();
        Fabric fabric = cluster.connect()) {
      final ClusterCommands kog = new ClusterCommands(cluster, folder);
      List<Ref> outputs = new ArrayList<>();
      List<Blob> orphans = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        outputs.add(run(fabric, i));
        orphans.add(Blob.of(Mutations.randomBytes(BYTES, random)));
      }
      Operator.of(fabric).blobs(PutPolicy.derived(1)).put(orphans);
      cluster.kill("memory-2");
      kog.runAs(owner(), "forget", "--force", "memory-2").succeeds();

      try (Fabric later = cluster.connect()) {
        Ref lost = requireSomeLost(later, outputs);
        kog.runAs(owner(), "root", "set", "made-again", lost.toString()).succeeds();
        for (int i = 0; i < RUNS; i++) {
          later.roots().compareAndSet("outputs/" + i, 0, outputs.get(i));
          assertArrayEquals(expected(i), stored(later, outputs.get(i)));
        }
        Ref orphan = requireSomeLost(later, orphans.stream().map(Ref::ofBlob).toList());
        kog.runAs(owner(), "root", "set", "orphan", orphan.toString())
            .failsWith(NOT_FOUND, "on no memory node", orphan.hash().toHex());
        kog.runAs(owner(), "root", "get", "orphan").failsWith(NOT_FOUND);
      }
      kog.runAs(owner(), "gc", "--grace", "0s").succeeds();
      try (Fabric afterwards = cluster.connect()) {
        for (int i = 0; i < RUNS; i++) {
          assertArrayEquals(expected(i), stored(afterwards, outputs.get(i)));
        }
      }
      kog.runAs(owner(), "audit", "verify").succeeds();
    }
  }

  private static Ref requireSomeLost(Fabric fabric, List<Ref> all) {
    var missing = Operator.of(fabric).blobs().missing(all.stream().map(Ref::hash).toList());
    assertTrue(!missing.isEmpty() && missing.size() < all.size(), "lost: " + missing);
    return all.stream().filter(ref -> missing.contains(ref.hash())).findFirst().orElseThrow();
  }

  /// What is there, without anybody making it again.
  private static byte[] stored(Fabric fabric, Ref ref) {
    return Operator.of(fabric).blobs().get(ref.hash()).bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] text(int run) {
    return ("word " + run + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] expected(int run) {
    return ("1 2 " + text(run).length + " /text-" + run + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Ref run(Fabric fabric, int number) throws Exception {
    Ref program = fabric.put(new ByteArrayInputStream(Program.WC.wasm()));
    Ref text = fabric.put(new ByteArrayInputStream(text(number)));
    String names =
        "/bin/wc blob %s\n/text-%d blob %s\n".formatted(program.hash(), number, text.hash());
    Ref namespace = fabric.trees().load("names", names, Path.of("/"));
    List<String> argv = List.of("/bin/wc", "/text-" + number);
    RunResult result =
        fabric.run(
            Transaction.of(namespace, argv, Limits.DEFAULT),
            Duration.ofMinutes(1),
            RunListener.SILENT);
    return result.report().outcome().output();
  }
}
