package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import java.lang.foreign.MemorySegment;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Peers on real sockets that do what they must not, all at one stage and at the same time: each
/// is contained, named, counted, and the honest pipeline goes on.
@Timeout(120)
final class BadSocketsTest extends StagesInMemory {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String HOST = "127.0.0.1";
  private static final StageSettings SMALL =
      StageSettings.DEFAULT
          .carrying(0)
          .withWindow(16, 1 << 20)
          .withParallelism(8)
          .withAttempts(2, Duration.ofSeconds(30));

  BadSocketsTest(@TempDir Path folder) {
    super(folder);
  }

  private static Envelope envelope(String stage, int i, Ref ref, byte[] carried) {
    return Envelope.of(
        new Origin(stage, Origin.NOTHING, i),
        ref,
        Metadata.of("stage", stage),
        null,
        null,
        MemorySegment.ofArray(carried));
  }

  private static void forge(TcpWire wire) {
    wire.receive(LONG); // connects, and is greeted
    Envelope forged = envelope("forger", 0, new Ref(Kind.BLOB, Hash.of(content(1)), 9), content(2));
    wire.send(new Frames().hello("forger", 1).envelope(forged.id(), forged.encode()).take());
  }

  private static void flood(TcpWire wire) {
    wire.receive(LONG);
    Frames frames = new Frames().hello("greedy", 1);
    for (int i = 0; i < 100; i++) {
      Envelope each = envelope("greedy", i, Ref.ofBlob(Blob.of(content(i))), content(i));
      frames.envelope(each.id(), each.encode());
    }
    wire.send(frames.take());
  }

  private static void sendGiant(int port) throws Exception {
    try (Socket giant = new Socket(HOST, port)) {
      giant.getOutputStream().write(ByteBuffer.allocate(4).putInt(1 << 30).array());
      giant.getOutputStream().write(new byte[1000]);
      while (giant.getInputStream().read() >= 0) {
        // until the stage hangs up
      }
    } catch (SocketException e) {
      // so it has
    }
  }

  @Test
  void theRestGoesOn() throws Exception {
    CountDownLatch floodMayEnd = new CountDownLatch(1);
    TcpInlet sinkPort = TcpInlet.at(HOST, 0);
    Stage sink =
        pipeline()
            .stage("sink")
            .from(sinkPort)
            .with(SMALL)
            .run(
                in -> {
                  in.bytes();
                  if ("greedy".equals(in.metadata().value("stage"))) {
                    floodMayEnd.await();
                  }
                  return List.of();
                });
    // One branch leads to somebody who takes connections and never says a word.
    try (TcpInlet mutePort = TcpInlet.at(HOST, 0);
        TcpWire forger = TcpWire.to(HOST, sinkPort.port());
        TcpWire greedy = TcpWire.to(HOST, sinkPort.port())) {
      Ref nothing = new Ref(Kind.BLOB, Hash.of(content(99)), 7);
      TcpInlet splitPort = TcpInlet.at(HOST, 0);
      Stage split =
          pipeline()
              .stage("split")
              .from(splitPort)
              .to("sink", TcpWire.to(HOST, sinkPort.port()))
              .to("mute", TcpWire.to(HOST, mutePort.port()))
              .choosing(_ -> "sink")
              .with(SMALL)
              .patience(LONG, 3, Duration.ofMillis(500))
              .run(
                  in ->
                      switch (String.valueOf(in.metadata().value("i"))) {
                        case "3" -> List.of(Output.of(nothing, in.metadata()));
                        case "4" -> List.of(in.pass(in.metadata().with("much", "x".repeat(5000))));
                        case "5" -> List.of(in.pass().to("mute"));
                        default -> List.of(in.pass().to("sink"));
                      });
      forge(forger);
      flood(greedy);
      sendGiant(sinkPort.port());
      Await.until(() -> sink.snapshot().overdrawn() > 0, () -> sink.snapshot().toString());
      floodMayEnd.countDown();
      Source source = source(TcpWire.to(HOST, splitPort.port()));
      for (int i = 0; i < 200; i++) {
        source.send(content(i), Metadata.of("i", "" + i), LONG);
      }
      assertTrue(source.drain(LONG), () -> split.snapshot().toString());
      assertEquals(197, ends.values().stream().filter(Verdict::isDone).count());
      assertEquals(1, sink.snapshot().forged());
      requireSetAside(sink, "from stage forger");
      assertEquals(3, split.setAside().size(), () -> split.setAside().toString());
      requireSetAside(split, "stage split gave a ref to nothing");
      requireSetAside(split, "metadata of 2 entries");
      requireSetAside(split, "mute is not there");
      assertEquals(1, split.snapshot().starved());
    }
  }

  private static void requireSetAside(Stage stage, String reason) {
    List<String> reasons = stage.setAside().stream().map(SetAside::reason).toList();
    assertTrue(reasons.stream().anyMatch(each -> each.contains(reason)), reasons::toString);
  }
}
