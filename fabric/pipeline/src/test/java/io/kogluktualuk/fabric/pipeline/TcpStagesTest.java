package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stages over connections, which are driven by their wires; small contents are carried.
@Timeout(120)
final class TcpStagesTest extends StagesInMemory {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String LOCAL = "127.0.0.1";

  TcpStagesTest(@TempDir Path folder) {
    super(folder);
  }

  private Source source(int port) {
    return pipeline()
        .source("source")
        .to("next", TcpWire.to(LOCAL, port))
        .hearing((envelope, verdict) -> ends.put(envelope.id(), verdict))
        .open();
  }

  private static int number(Envelope envelope) {
    return Integer.parseInt(Objects.requireNonNull(envelope.metadata().value("i")));
  }

  private void sendAll(Source source, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(count, ends.size());
    assertTrue(ends.values().stream().allMatch(Verdict::isDone), ends::toString);
  }

  @Test
  void thousandsGoThroughInOrderAndAreVerifiedWhereTheyAreLookedAt() throws Exception {
    int count = 5000;
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    TcpInlet last = TcpInlet.at(LOCAL, 0);
    TcpInlet first = TcpInlet.at(LOCAL, 0);
    pipeline()
        .stage("sink")
        .from(last)
        .ordered(envelope -> "one")
        .run(
            input -> {
              int i = number(input.envelope());
              assertEquals(new String(content(i)), new String(input.bytes()));
              seen.add(i);
              return List.of();
            });
    pipeline()
        .stage("middle")
        .from(first)
        .ordered(envelope -> "one")
        .to("sink", TcpWire.to(LOCAL, last.port()))
        .run(input -> List.of(input.pass()));
    sendAll(source(first.port()), count);
    assertEquals(IntStream.range(0, count).boxed().toList(), seen);
    assertEquals(0, blobs.puts(), "all were carried");
  }

  @Test
  void anEnvelopeWithoutAKeyIsSetAsideAndTheOthersGoOn() throws Exception {
    TcpInlet inlet = TcpInlet.at(LOCAL, 0);
    Stage sink =
        pipeline()
            .stage("sink")
            .from(inlet)
            .ordered(envelope -> "" + 7 / (number(envelope) - 50))
            .run(input -> List.of());
    Source source = source(inlet.port());
    for (int i = 0; i < 100; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(99, ends.values().stream().filter(Verdict::isDone).count());
    assertEquals(1, sink.setAside().size());
    assertTrue(sink.setAside().getFirst().reason().contains("no key"), sink.setAside()::toString);
  }

  @Test
  void connectionsThatAreCutLoseNothingAndNothingIsWorkedOnTwice() throws Exception {
    int count = 3000;
    Map<Integer, Integer> worked = new ConcurrentHashMap<>();
    TcpInlet inlet = TcpInlet.at(LOCAL, 0);
    pipeline()
        .stage("sink")
        .from(inlet)
        .run(
            input -> {
              worked.merge(number(input.envelope()), 1, Integer::sum);
              return List.of();
            });
    try (Cutter cutter = new Cutter(inlet.port())) {
      Source source = source(cutter.port());
      Thread cutting = Thread.ofVirtual().start(() -> cutter.cutAt(worked, count / 3, count / 2));
      sendAll(source, count);
      cutting.join();
    }
    assertEquals(count, worked.size());
    assertTrue(worked.values().stream().allMatch(times -> times == 1), worked::toString);
  }

  /// Stands between two ends and cuts their connections.
  private static final class Cutter implements AutoCloseable {

    private final ServerSocket listening;
    private final int to;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    Cutter(int to) throws IOException {
      this.to = to;
      this.listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listening.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket near = listening.accept();
          Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
          open.add(near);
          open.add(far);
          Thread.ofVirtual().start(() -> pump(near, far));
          Thread.ofVirtual().start(() -> pump(far, near));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private static void pump(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException e) {
        // cut
      }
    }

    /// Cuts whenever so many have been worked on.
    void cutAt(Map<Integer, Integer> worked, int... counts) {
      for (int count : counts) {
        Await.until(() -> worked.size() >= count, count + " are worked on");
        cut();
      }
    }

    private void cut() {
      for (Socket each : open) {
        try {
          each.close();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      open.clear();
    }

    @Override
    public void close() throws IOException {
      listening.close();
      cut();
    }
  }
}
