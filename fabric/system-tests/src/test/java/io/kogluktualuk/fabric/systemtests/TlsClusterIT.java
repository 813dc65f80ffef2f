package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.NodeSecurity;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A cluster of processes that only speak TLS: who has a certificate works as before, who has
/// none, or another one, is told what is wrong.
@Timeout(600)
final class TlsClusterIT {

  private static final int REFUSED = 7;

  @TempDir private Path folder = Path.of("unset");

  private Path home() {
    return folder.resolve("home");
  }

  private ProcessCluster cluster() throws InterruptedException {
    return ProcessCluster.of(
            ClusterSettings.of(home())
                .withControlNodes(3)
                .withMemory(2, ByteCount.mebibytes(64))
                .withCompute(1, 1)
                .withTls(true))
        .startAll();
  }

  /// Runs a command with an identity, or without one when that is empty.
  private Kog.Result kog(ProcessCluster cluster, String identity, String... arguments)
      throws IOException, InterruptedException {
    return new ClusterCommands(cluster, folder)
        .runAs(identity, new ByteArrayInputStream(new byte[] {1, 2, 3}), arguments);
  }

  private Kog.Result ca(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ca"));
    all.addAll(List.of(arguments));
    return new Kog(folder.resolve("none"), folder).run(all.toArray(String[]::new));
  }

  @Test
  void whoHasACertificateWorksAndOthersAreToldWhy() throws Exception {
    Files.write(folder.resolve("wc.wasm"), Program.WC.wasm());
    Files.writeString(folder.resolve("text"), "one two\nthree\n");
    Files.writeString(folder.resolve("ns"), "/bin/wc file wc.wasm\n/text file text\n");
    try (ProcessCluster cluster = cluster()) {
      new ClusterCommands(cluster, folder)
          .certify("home/authority", "trader", "--tenant", "default");
      worksWith(cluster, "trader");
      kog(cluster, "", "status").failsWith(REFUSED, "TLS", "--identity");
      kog(cluster, "trader", "drain", "compute-1").failsWith(REFUSED, "trader", "administrators");
      kog(cluster, "trader", "put", "--tenant", "trades", "-")
          .failsWith(REFUSED, "trader", "certified for that tenant");
      String same = Files.readString(home().resolve("cluster.id")).strip();
      ca("init", "--cluster", same, "--to", "foreign").succeeds();
      new ClusterCommands(cluster, folder)
          .certify("foreign", "stranger", "--tenant", "default", "--admin");
      kog(cluster, "stranger", "status").failsWith(REFUSED, "is not trusted here");
      noNodeBecomesAnother(cluster);
      kog(cluster, home().resolve("identity").toString(), "drain", "compute-1").succeeds();
    }
  }

  private void worksWith(ProcessCluster cluster, String who) throws Exception {
    String ref = kog(cluster, who, "put", "-").succeeds().text();
    assertArrayEquals(new byte[] {1, 2, 3}, kog(cluster, who, "get", ref).succeeds().out());
    Kog.Result run =
        kog(cluster, who, "run", "-n", "ns", "--cat", "--", "/bin/wc", "/text").succeeds();
    assertEquals("2 3 14 /text\n", new String(run.out(), StandardCharsets.UTF_8));
    kog(cluster, who, "root", "set", "kept", ref).succeeds();
    String status = kog(cluster, who, "status").succeeds().text();
    assertTrue(status.contains("compute-1") && status.contains("memory-2"), status);
  }

  private void noNodeBecomesAnother(ProcessCluster cluster) throws Exception {
    Path memory = home().resolve("memory-1/tls");
    try (ControlLink link = ControlLink.open(cluster.controls(), NodeSecurity.of(memory))) {
      ControlClient control = new ControlClient(link, Duration.ofSeconds(10));
      NodeId own = control.members().members().getFirst().info().id();
      MemberInfo other = new MemberInfo(Role.COMPUTE, own, "compute-1", "127.0.0.1:" + 7, 0, 0, 1);
      Refused refused = assertThrows(Refused.class, () -> control.register(other));
      assertTrue(String.valueOf(refused.getMessage()).contains("memory-1"), refused.toString());
    }
    Path file = cluster.folder("compute-1").resolve("kog.conf");
    String text = Files.readString(file);
    Files.createDirectories(folder.resolve("false"));
    Path wrong = folder.resolve("false/kog.conf");
    Files.writeString(wrong, text.replace("\"tls\"", '"' + memory.toString() + '"'));
    new Kog(folder.resolve("none"), folder)
        .run("serve", wrong.toString())
        .failsWith(REFUSED, "memory-1", "compute-1");
  }

  @Test
  void rootsChangeUnderLoadWithoutAFailedRequest() throws Exception {
    try (ProcessCluster cluster = cluster()) {
      new ClusterCommands(cluster, folder).certify("home/authority", "late", "--tenant", "default");
      kog(cluster, "late", "status").succeeds();
      AtomicBoolean isOver = new AtomicBoolean();
      Semaphore rounds = new Semaphore(0);
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(() -> putAndGet(cluster, isOver, rounds));
      try {
        ca("rotate", "--ca", "home/authority").succeeds();
        certifyAll(cluster);
        ca("rotate", "--ca", "home/authority", "--finish").succeeds();
        certifyAll(cluster);
        cluster.restart("control-1");
        cluster.restart("memory-1");
        rounds.drainPermits();
        assertTrue(rounds.tryAcquire(3, 2, TimeUnit.MINUTES), "no rounds any more");
      } finally {
        isOver.set(true);
      }
      load.get(2, TimeUnit.MINUTES);
      kog(cluster, "late", "status").failsWith(REFUSED);
    }
  }

  /// Each round connects anew, so there are handshakes all the time.
  private static void putAndGet(ProcessCluster cluster, AtomicBoolean isOver, Semaphore rounds) {
    while (!isOver.get()) {
      byte[] content = ("round " + rounds.availablePermits()).getBytes(StandardCharsets.UTF_8);
      try (Fabric fabric = cluster.connect()) {
        Ref ref = fabric.put(new ByteArrayInputStream(content));
        try (var stream = fabric.open(ref)) {
          assertArrayEquals(content, stream.readAllBytes());
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      rounds.release();
    }
  }

  private void certifyAll(ProcessCluster cluster) throws IOException, InterruptedException {
    for (String name : cluster.names()) {
      String role = name.substring(0, name.indexOf('-'));
      String to = cluster.folder(name).resolve("tls").toString();
      ca(
              "issue",
              "--ca",
              "home/authority",
              "--role",
              role,
              "--name",
              name,
              "--host",
              "127.0.0.1",
              "--to",
              to)
          .succeeds();
    }
    ca(
            "issue",
            "--ca",
            "home/authority",
            "--role",
            "client",
            "--name",
            "owner",
            "--admin",
            "--tenant",
            "default",
            "--to",
            home().resolve("identity").toString())
        .succeeds();
  }

  @Test
  void upWithTlsIsFoundByItself() throws Exception {
    try (Kog kog = new Kog(home(), folder)) {
      kog.up("--tls", "--memory", "1", "--compute", "1");
      String ref = kog.put(new byte[] {1, 2, 3}).text();
      assertArrayEquals(new byte[] {1, 2, 3}, kog.run("get", ref).succeeds().out());
      kog.run("status").succeeds();
      String control = ClusterFile.read(home()).control().getPort() + "";
      kog.run("status", "--control", "127.0.0.1:" + control).failsWith(REFUSED, "--identity");
      Path own = home().resolve("identity");
      kog.run("status", "--control", "127.0.0.1:" + control, "--identity", own.toString())
          .succeeds();
    }
  }
}
