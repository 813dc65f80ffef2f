package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.StageSettings;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A pipeline whose middle stage is a process of its own that is killed, comes back, and is
/// stopped for longer than a connection lives: the sink sees everything once, and nothing piles
/// up.
@Timeout(400)
final class PipelineIT {

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int WINDOW = 16;
  private static final int LENGTH = 50_000;

  /// The middle stage: gives the first half of its inputs.
  static final class Halving {

    private Halving() {}

    /// @param args control port, port to listen on, the sink's port, folder, stage
    public static void main(String[] args) throws IOException {
      InetSocketAddress control = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
      try (Fabric fabric = Fabric.connect(control, ClientSettings.DEFAULT);
          Pipeline pipeline = Pipeline.over(fabric, "halves", Path.of(args[3]))) {
        pipeline
            .stage(args[4])
            .from(TcpInlet.at("127.0.0.1", Integer.parseInt(args[1])))
            .to("sink", TcpWire.to("127.0.0.1", Integer.parseInt(args[2])))
            .with(StageSettings.DEFAULT.withWindow(WINDOW, 64 << 20))
            .run(
                in ->
                    in.read(
                        bytes ->
                            List.of(
                                Output.of(
                                    bytes
                                        .asSlice(0, bytes.byteSize() / 2)
                                        .toArray(ValueLayout.JAVA_BYTE),
                                    in.metadata()))));
        System.out.println("ready");
        while (System.in.read() >= 0) {
          // until the test has ended
        }
      }
    }
  }

  private static void signal(ChildJvm child, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, "" + child.pid()).inheritIO().start();
    assertEquals(0, kill.waitFor());
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private static void send(Source source, int from, int to) {
    for (int i = from; i < to; i++) {
      byte[] content = Mutations.randomBytes(LENGTH, new SplittableRandom(i));
      source.send(content, Metadata.of("i", "" + i), LONG);
    }
  }

  @Test
  void aStageThatIsKilledAndOneThatIsStoppedLoseNothing(@TempDir Path folder) throws Exception {
    ClusterSettings settings =
        new ClusterSettings(folder, "127.0.0.1", 0, 1, ByteCount.mebibytes(256), 1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "halves", folder.resolve("aside"))) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
      Stage sink =
          pipeline
              .stage("sink")
              .from(sinkPort)
              .with(StageSettings.DEFAULT.withWindow(WINDOW, 64 << 20))
              .run(
                  in -> {
                    assertEquals(LENGTH / 2, in.bytes().length);
                    String i = String.valueOf(in.metadata().value("i"));
                    seen.computeIfAbsent(i, _ -> new AtomicInteger()).incrementAndGet();
                    return List.of();
                  });
      int port = freePort();
      Source source = pipeline.source("source").to("half", TcpWire.to("127.0.0.1", port)).open();
      String[] arguments = {
        "" + cluster.control().getPort(),
        "" + port,
        "" + sinkPort.port(),
        "" + folder.resolve("m"),
        "half"
      };
      ChildJvm first = ChildJvm.start(Halving.class, arguments);
      assertEquals("ready", first.line());
      send(source, 0, 60);
      first.kill();
      assertTrue(source.snapshot().outbox() <= WINDOW, "no more than the window waits");
      try (ChildJvm second = ChildJvm.start(Halving.class, arguments)) {
        assertEquals("ready", second.line());
        send(source, 60, 120);
        signal(second, "-STOP");
        Thread late = Thread.ofVirtual().start(() -> send(source, 120, 180));
        // Longer than a silent connection lives.
        Await.pause(8000);
        assertTrue(source.snapshot().outbox() <= WINDOW, () -> source.snapshot().toString());
        assertTrue(late.isAlive(), "the source waits");
        signal(second, "-CONT");
        late.join();
        assertTrue(source.drain(LONG), () -> pipeline.snapshots().toString());
      }
      Await.until(Deadline.after(LONG), () -> seen.size() == 180, () -> seen.size() + " were seen");
      assertTrue(seen.values().stream().allMatch(count -> count.get() == 1), seen::toString);
      assertEquals(0, sink.setAside().size() + source.setAside().size());
      assertTrue(source.snapshot().resent() > 0, "what the killed stage had was sent again");
    }
  }
}
