package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An operator looks at what a stage in another process has set aside, has it tried again and
/// forgotten: while the stage runs, after it was killed, and just as it starts.
@Timeout(300)
final class SetAsideCommandIT {

  private static final Duration LONG = Duration.ofSeconds(100);
  private static final String STAGE = "picky";
  private static final int LARGE = 20_000;

  @TempDir private Path folder = Path.of("unset");

  /// The stage: fails as long as there is a file `fail`; notes what it was given.
  static final class Picky {

    private Picky() {}

    /// @param args control port, port to listen on, folder of the journal, folder of notes
    public static void main(String[] args) throws IOException {
      InetSocketAddress control = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
      Path notes = Path.of(args[3]);
      try (Fabric fabric = Fabric.connect(control, ClientSettings.DEFAULT);
          Pipeline pipeline = Pipeline.over(fabric, "asking", Path.of(args[2]))) {
        pipeline
            .stage(STAGE)
            .from(TcpInlet.at("127.0.0.1", Integer.parseInt(args[1])))
            .run(
                in -> {
                  if (Files.exists(notes.resolve("fail"))) {
                    throw new IOException("today nothing is good enough");
                  }
                  Files.write(notes.resolve("done-" + in.metadata().value("i")), in.bytes());
                  return List.of();
                });
        System.out.println("ready");
        while (System.in.read() >= 0) {
          // until the test has ended
        }
      }
    }
  }

  private Path aside() {
    return folder.resolve("aside");
  }

  private ChildJvm start(EmbeddedCluster cluster, int port) throws IOException {
    ChildJvm child =
        ChildJvm.start(
            Picky.class,
            "" + cluster.control().getPort(),
            "" + port,
            aside().toString(),
            folder.toString());
    assertEquals("ready", child.line());
    return child;
  }

  private Kog.Result kog(String command, String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("pipeline", command, "--folder", aside().toString()));
    all.addAll(List.of(arguments));
    return new Kog(folder.resolve("home"), folder).run(all.toArray(String[]::new));
  }

  private List<SetAside> entries() {
    return SetAsideFolder.of(aside()).stage(STAGE).entries();
  }

  private static String id(SetAside one) {
    return one.envelope().id().toHex();
  }

  private static void sendFour(Fabric fabric, Path folder, int port) throws Exception {
    try (Pipeline sending = Pipeline.over(fabric, "asking", folder);
        Source source = sending.source("source").to(STAGE, TcpWire.to("127.0.0.1", port)).open()) {
      for (int i = 0; i < 4; i++) {
        byte[] content = new byte[i == 3 ? 10 : LARGE];
        content[0] = (byte) i;
        source.send(content, Metadata.of("i", "" + i), LONG);
      }
      assertTrue(source.drain(LONG), "all four are set aside");
    }
  }

  @Test
  void whatIsSetAsideIsSeenTriedAgainAndForgotten() throws Exception {
    ClusterSettings settings =
        new ClusterSettings(folder, "127.0.0.1", 0, 1, ByteCount.mebibytes(256), 1, 1);
    int port;
    try (ServerSocket any = new ServerSocket(0)) {
      port = any.getLocalPort();
    }
    Path fail = Files.createFile(folder.resolve("fail"));
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT)) {
      try (ChildJvm child = start(cluster, port)) {
        sendFour(fabric, folder.resolve("sending"), port);
        isSeen(child, fabric, cluster);
        isAskedFor(fabric, fail);
        Files.createFile(fail);
        child.kill();
      }
      isAskedForOfAStageThatDoesNotRun(cluster, fabric, port, fail);
    }
  }

  private void isSeen(ChildJvm child, Fabric fabric, EmbeddedCluster cluster) throws Exception {
    Kog.Result list = kog("ls", "--json").succeeds();
    assertEquals("asking", list.member("pipeline"));
    assertEquals("4", list.member("set_aside"));
    assertEquals("" + child.pid(), list.member("process"));
    assertTrue(kog("ls").succeeds().text().contains("process " + child.pid()));
    assertEquals(3, roots(fabric).size(), "short content has no root");
    Kog.Result roots =
        new Kog(folder.resolve("home"), folder)
            .run("pipeline", "ls", "--json", "--control", control(cluster))
            .succeeds();
    assertEquals("3", roots.member("set_aside"));
    assertEquals("" + 3 * LARGE, roots.member("bytes"));
    Kog.Result all = kog("show", STAGE).succeeds();
    entries().forEach(one -> assertTrue(all.text().contains(id(one).substring(0, 16))));
    assertTrue(all.text().contains("today nothing is good enough"), all.text());
    SetAside first = entries().getFirst();
    Kog.Result one = kog("show", STAGE, id(first).substring(0, 8)).succeeds();
    assertTrue(one.text().contains("stage source, output "), one.text());
    assertTrue(one.text().contains("pipeline/asking/" + STAGE + "/"), one.text());
    assertTrue(one.text().contains("i=" + first.envelope().metadata().value("i")), one.text());
    kog("show", "other").failsWith(3, "no stage 'other'", "it has " + STAGE);
    kog("show", STAGE, "0000000000").failsWith(3, "no envelope 0000000000", "it has 4");
    kog("retry", STAGE).failsWith(2, "either one ID or more, or --all");
  }

  private static String control(EmbeddedCluster cluster) {
    return "127.0.0.1:" + cluster.control().getPort();
  }

  private static List<String> roots(Fabric fabric) {
    return fabric.roots().all().stream()
        .map(root -> root.name())
        .filter(path -> path.startsWith("pipeline/asking/"))
        .toList();
  }

  private void isAskedFor(Fabric fabric, Path fail) throws Exception {
    String first = id(entries().getFirst());
    Kog.Result again = kog("retry", STAGE, first, "--json", "--timeout", "60s");
    assertEquals(9, again.exit(), again.err());
    assertEquals("again", again.member("outcome"));
    SetAside now = entries().getLast();
    assertEquals(first, id(now), "it was set aside once more");
    assertEquals(1, now.envelope().attempt());
    Files.delete(fail);
    Kog.Result done = kog("retry", STAGE, first, "--json", "--timeout", "60s").succeeds();
    assertEquals("done", done.member("outcome"));
    assertEquals(3, entries().size());
    assertTrue(Files.exists(folder.resolve("done-" + now.envelope().metadata().value("i"))));
    String second =
        id(entries().stream().filter(one -> !one.envelope().isCarried()).findFirst().orElseThrow());
    Kog.Result gone = kog("forget", STAGE, second, "--json", "--timeout", "60s").succeeds();
    assertEquals("forgotten", gone.member("outcome"));
    assertEquals(2, entries().size());
    Await.until(Deadline.after(LONG), () -> roots(fabric).size() == 1, () -> "" + roots(fabric));
  }

  private void isAskedForOfAStageThatDoesNotRun(
      EmbeddedCluster cluster, Fabric fabric, int port, Path fail) throws Exception {
    assertTrue(kog("ls").succeeds().text().contains("does not run"));
    SetAside carried =
        entries().stream().filter(one -> one.envelope().isCarried()).findFirst().orElseThrow();
    SetAside stored =
        entries().stream().filter(one -> !one.envelope().isCarried()).findFirst().orElseThrow();
    Kog.Result left = kog("retry", STAGE, id(carried), "--json").succeeds();
    assertEquals("left", left.member("outcome"));
    kog("forget", STAGE, id(stored)).failsWith(5, "home");
    assertEquals(2, entries().size(), "without its cluster nothing is forgotten");
    Kog.Result gone =
        kog("forget", STAGE, id(stored), "--json", "--control", control(cluster)).succeeds();
    assertEquals("forgotten", gone.member("outcome"));
    assertEquals(List.of(), roots(fabric));
    Files.delete(fail);
    AtomicBoolean isOver = new AtomicBoolean();
    // Who looks all the time never keeps a stage from starting.
    Thread looking =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!isOver.get()) {
                    entries();
                  }
                });
    try (ChildJvm _ = start(cluster, port)) {
      Await.until(
          Deadline.after(LONG), () -> entries().isEmpty(), () -> "still there: " + entries());
    } finally {
      isOver.set(true);
      looking.join();
    }
    Object i = carried.envelope().metadata().value("i");
    assertEquals(10, Files.size(folder.resolve("done-" + i)));
    String second = stored.envelope().metadata().value("i");
    assertFalse(Files.exists(folder.resolve("done-" + second)), "it was forgotten");
    assertNull(carried.envelope().lease());
  }
}
