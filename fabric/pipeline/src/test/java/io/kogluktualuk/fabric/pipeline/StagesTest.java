package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stages with their threads, over wires and blobs in memory.
@Timeout(120)
final class StagesTest extends StagesInMemory {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final StageSettings SMALL =
      StageSettings.DEFAULT.carrying(0).withWindow(8, 1 << 20);

  StagesTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  void bytesAreReadWhereSomebodyLooksAndGoneWhenAllIsDone() throws Exception {
    MemoryWire.Pair first = MemoryWire.pair();
    MemoryWire.Pair second = MemoryWire.pair();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Pipeline pipeline = pipeline();
    pipeline
        .stage("sink")
        .from("middle", second.far())
        .with(SMALL)
        .run(
            input -> {
              seen.add(new String(input.bytes(), StandardCharsets.UTF_8));
              return List.of();
            });
    Stage middle =
        pipeline
            .stage("middle")
            .from("source", first.far())
            .to("sink", second.near())
            .with(SMALL)
            .run(input -> List.of(input.pass(input.metadata().with("seen", "yes"))));
    Source source = source(first.near());
    for (int i = 0; i < 200; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(200, seen.size());
    assertEquals(200, ends.size());
    assertTrue(ends.values().stream().allMatch(Verdict::isDone), ends::toString);
    assertEquals(200, blobs.puts(), "stored once");
    assertEquals(200, blobs.reads(), "read by one stage");
    assertEquals(0, blobs.holdCalls(), "passing on takes no call");
    source.close();
    Await.until(() -> blobs.size() == 0, "nothing is held any more");
    assertTrue(blobs.closedScopes() < 150, "holds end in groups: " + blobs.closedScopes());
    assertTrue(middle.isIdle());
  }

  @Test
  void theSourceWaitsForTheSinksCredits() throws Exception {
    MemoryWire.Pair first = MemoryWire.pair();
    MemoryWire.Pair second = MemoryWire.pair();
    CountDownLatch open = new CountDownLatch(1);
    Pipeline pipeline = pipeline();
    pipeline
        .stage("sink")
        .from("middle", second.far())
        .with(SMALL)
        .run(
            input -> {
              open.await();
              return List.of();
            });
    Stage middle =
        pipeline
            .stage("middle")
            .from("source", first.far())
            .to("sink", second.near())
            .with(SMALL.withWindow(100, 1 << 20))
            .run(input -> List.of(input.pass()));
    Source source = source(first.near());
    int sent = 0;
    try {
      for (; sent < 200; sent++) {
        source.send(content(sent), Metadata.NONE, Duration.ofMillis(1500));
      }
    } catch (OutOfCredits e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("next (stage middle)"), message);
    }
    // The sink's eight, and what a grant under way may be behind by.
    assertTrue(sent >= 8 && sent <= 24, "sent " + sent);
    assertTrue(middle.snapshot().inProgress() <= 24, () -> middle.snapshot().toString());
    open.countDown();
    assertTrue(source.drain(LONG));
    assertEquals(sent, ends.size());
  }

  @Test
  void whatWasLostOnTheWireIsSentAgainAndDoneOnce() throws Exception {
    Lossy both = sendThroughLosses(MemoryWire.Pair::cut);
    assertEquals(300, both.sink().snapshot().received());
  }

  @Test
  void whatWasLostBehindTheSendersBackIsSentAgainAtOnce() throws Exception {
    Lossy both = sendThroughLosses(MemoryWire.Pair::cutFar);
    assertEquals(0, both.source().snapshot().breaks(), "the sender saw nothing");
    assertEquals(30, both.sink().snapshot().breaks());
  }

  /// The ends of a link that has lost something.
  private record Lossy(Source source, Stage sink) {}

  /// Nothing is waited for as long as an end that never comes would be: that is five minutes.
  private Lossy sendThroughLosses(Consumer<MemoryWire.Pair> loss) throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    Stage sink =
        pipeline()
            .stage("sink")
            .from("source", wire.far())
            .with(SMALL)
            .run(
                input -> {
                  String i = String.valueOf(input.metadata().value("i"));
                  runs.computeIfAbsent(i, _ -> new AtomicInteger()).incrementAndGet();
                  return List.of();
                });
    Source source = source(wire.near());
    for (int i = 0; i < 300; i++) {
      if (i % 10 == 5) {
        loss.accept(wire);
      }
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG), "all is done");
    assertEquals(300, runs.size());
    assertTrue(runs.values().stream().allMatch(count -> count.get() == 1), runs::toString);
    assertTrue(source.snapshot().resent() > 0, "some were sent again");
    return new Lossy(source, sink);
  }

  /// Until now they were held by who has put them; then by nobody.
  @Test
  void whatASilentSenderHasPutIsHeldByWhoHasItUnderWay() {
    MemoryWire.Pair wire = MemoryWire.pair();
    CountDownLatch mayLook = new CountDownLatch(1);
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Stage sink =
        pipeline()
            .stage("sink")
            .from("source", wire.far())
            .with(SMALL)
            .run(
                input -> {
                  mayLook.await();
                  seen.add(new String(input.bytes(), StandardCharsets.UTF_8));
                  return List.of();
                });
    BlobPort.Scope lease = blobs.open();
    Frames frames = new Frames().hello("source", 1);
    for (int i = 0; i < 8; i++) {
      Ref ref = blobs.put(lease, MemorySegment.ofArray(content(i))).ref();
      Origin origin = new Origin("source", Origin.NOTHING, i);
      Envelope each = Envelope.of(origin, ref, Metadata.NONE, blobs.claim(), null, null);
      frames.envelope(each.id(), each.encode());
    }
    wire.near().send(frames.take());
    Await.until(() -> sink.snapshot().adopted() == 8, () -> sink.snapshot().toString());
    assertEquals(1, blobs.holdCalls(), "by one call");
    lease.close();
    mayLook.countDown();
    Await.until(() -> sink.snapshot().done() == 8, () -> sink.snapshot().toString());
    assertEquals(8, seen.size());
    assertEquals(0, sink.snapshot().failures());
    Await.until(() -> blobs.size() == 0, "it is let go of at the end");
  }

  @Test
  void aStageThatDiesIsReplacedByOneThatGivesTheSameIds() throws Exception {
    MemoryWire.Pair first = MemoryWire.pair();
    MemoryWire.Pair second = MemoryWire.pair();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger sunk = new AtomicInteger();
    CountDownLatch dead = new CountDownLatch(1);
    pipeline()
        .stage("sink")
        .from("middle", second.far())
        .with(SMALL)
        .run(
            input -> {
              dead.await(); // so that all that the first one sent is in progress when it dies
              seen.add(new String(input.bytes(), StandardCharsets.UTF_8));
              sunk.incrementAndGet();
              return List.of();
            });
    Handler doubled = input -> List.of(Output.of(twice(input.bytes()), input.metadata()));
    Pipeline doomed = pipeline();
    Stage middle =
        doomed
            .stage("middle")
            .from("source", first.far())
            .to("sink", second.near())
            .with(SMALL)
            .run(doubled);
    Source source = source(first.near());
    for (int i = 0; i < 5; i++) {
      source.send(content(i), Metadata.NONE, LONG);
    }
    Await.until(() -> middle.snapshot().outbox() == 5, "five are downstream");
    doomed.close();
    Stage successor =
        pipeline()
            .stage("middle")
            .from("source", first.far().reopened())
            .to("sink", second.near().reopened())
            .with(SMALL)
            .run(doubled);
    Await.until(() -> successor.snapshot().outbox() == 5, "they were sent again");
    dead.countDown();
    assertTrue(source.drain(LONG));
    assertEquals(5, seen.size());
    assertEquals(5, sunk.get(), "downstream knew their ids");
    assertEquals(5, ends.size());
  }

  private static byte[] twice(byte[] bytes) {
    byte[] two = new byte[bytes.length * 2];
    System.arraycopy(bytes, 0, two, 0, bytes.length);
    System.arraycopy(bytes, 0, two, bytes.length, bytes.length);
    return two;
  }

  @Test
  void poisonIsSetAsideWithItsReasonAndCanBeTriedAgain() throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch mended = new CountDownLatch(1);
    Pipeline pipeline = pipeline();
    Stage sink =
        pipeline
            .stage("sink")
            .from("source", wire.far())
            .with(SMALL)
            .run(
                input -> {
                  if ("7".equals(input.metadata().value("i")) && mended.getCount() > 0) {
                    tries.incrementAndGet();
                    throw new IllegalStateException("cannot decode");
                  }
                  return List.of();
                });
    Source source = source(wire.near());
    for (int i = 0; i < 20; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(3, tries.get());
    SetAside one = sink.setAside().getFirst();
    assertTrue(one.reason().contains("stage sink failed 3 times"), one.reason());
    assertTrue(one.reason().contains("cannot decode"), one.reason());
    assertEquals(Verdict.Kind.SET_ASIDE, end(one).kind());
    assertEquals(one.reason(), end(one).reason());
    assertEquals(19, ends.values().stream().filter(Verdict::isDone).count());
    source.close();
    Await.until(() -> blobs.size() == 1, "only the poison is kept");
    assertEquals(Set.of(one.envelope().ref()), Set.copyOf(blobs.names().values()));
    mended.countDown();
    sink.retry(one.envelope().id());
    Await.until(() -> sink.setAside().isEmpty(), "it is done now");
    Await.until(() -> blobs.size() == 0, "and not kept any more");
  }

  private Verdict end(SetAside one) {
    return ends.getOrDefault(one.envelope().id(), Verdict.DONE);
  }

  @Test
  void allBranchesGetACopyAndTheBlobStaysForTheLastOfThem() throws Exception {
    MemoryWire.Pair left = MemoryWire.pair();
    MemoryWire.Pair right = MemoryWire.pair();
    AtomicInteger leftSeen = new AtomicInteger();
    AtomicInteger rightSeen = new AtomicInteger();
    CountDownLatch late = new CountDownLatch(1);
    Pipeline pipeline = pipeline();
    pipeline
        .stage("left")
        .from("source", left.far())
        .with(SMALL)
        .run(
            input -> {
              leftSeen.addAndGet(input.bytes().length);
              return List.of();
            });
    pipeline
        .stage("right")
        .from("source", right.far())
        .with(SMALL)
        .run(
            input -> {
              late.await();
              rightSeen.addAndGet(input.bytes().length);
              return List.of();
            });
    Source source =
        pipeline
            .source("source")
            .carrying(0)
            .to("left", left.near())
            .to("right", right.near())
            .open();
    for (int i = 0; i < 8; i++) {
      source.send(content(i), Metadata.NONE, LONG);
    }
    Await.until(() -> leftSeen.get() == 8 * content(0).length, "one branch is through");
    assertThrows(
        OutOfCredits.class,
        () -> source.send(content(9), Metadata.NONE, Duration.ofMillis(200)),
        "the other one holds it up");
    late.countDown();
    assertTrue(source.drain(LONG));
    assertEquals(leftSeen.get(), rightSeen.get());
    source.close();
    Await.until(() -> blobs.size() == 0, "all is let go of");
  }

  @Test
  void aKeyChoosesTheBranchAndKeepsTheOrder() throws Exception {
    MemoryWire.Pair left = MemoryWire.pair();
    MemoryWire.Pair right = MemoryWire.pair();
    Map<String, List<Integer>> orders = new ConcurrentHashMap<>();
    Handler note =
        input -> {
          String key = String.valueOf(input.metadata().value("key"));
          int i = Integer.parseInt(String.valueOf(input.metadata().value("i")));
          orders.computeIfAbsent(key, _ -> Collections.synchronizedList(new ArrayList<>())).add(i);
          return List.of();
        };
    Pipeline pipeline = pipeline();
    Stage one =
        pipeline
            .stage("one")
            .from("source", left.far())
            .ordered(envelope -> String.valueOf(envelope.metadata().value("key")))
            .run(note);
    Stage two =
        pipeline
            .stage("two")
            .from("source", right.far())
            .ordered(envelope -> String.valueOf(envelope.metadata().value("key")))
            .run(note);
    Source source =
        pipeline
            .source("source")
            .to("left", left.near())
            .to("right", right.near())
            .choosing(envelope -> String.valueOf(envelope.metadata().value("key")))
            .open();
    for (int i = 0; i < 300; i++) {
      source.send(content(i), Metadata.of("key", "k" + i % 7).with("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(7, orders.size());
    orders.forEach(
        (key, order) -> {
          List<Integer> sorted = order.stream().sorted().toList();
          assertEquals(sorted, order, key);
        });
    assertTrue(one.snapshot().received() > 0 && two.snapshot().received() > 0);
    assertEquals(300, one.snapshot().received() + two.snapshot().received());
  }

  @Test
  void severalUpstreamsShareTheWindowFairly() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    List<MemoryWire.Pair> wires = IntStream.range(0, 4).mapToObj(i -> MemoryWire.pair()).toList();
    Pipeline pipeline = pipeline();
    StagePlan plan = pipeline.stage("sink").with(SMALL);
    IntStream.range(0, 4).forEach(i -> plan.from("source-" + i, wires.get(i).far()));
    Stage sink =
        plan.run(
            input -> {
              open.await();
              return List.of();
            });
    List<Source> sources =
        IntStream.range(0, 4)
            .mapToObj(i -> pipeline.source("source-" + i).to("sink", wires.get(i).near()).open())
            .toList();
    Await.until(() -> sink.snapshot().upstream() == 4, "all are there");
    for (Source source : sources) {
      Await.until(() -> source.snapshot().branches().getFirst().windowEnvelopes() == 2, "two each");
      source.send(content(1), Metadata.NONE, LONG);
      source.send(content(2), Metadata.NONE, LONG);
      assertThrows(
          OutOfCredits.class, () -> source.send(content(3), Metadata.NONE, Duration.ofMillis(100)));
    }
    assertEquals(8, sink.snapshot().inProgress());
    open.countDown();
    for (Source source : sources) {
      assertTrue(source.drain(LONG));
    }
  }

  @Test
  void shortContentTravelsInItsEnvelope() throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Pipeline pipeline = pipeline();
    pipeline
        .stage("sink")
        .from("source", wire.far())
        .run(
            input -> {
              assertTrue(input.envelope().isCarried());
              seen.add(new String(input.bytes(), StandardCharsets.UTF_8));
              return List.of();
            });
    Source source = pipeline.source("source").to("sink", wire.near()).open();
    for (int i = 0; i < 100; i++) {
      source.send(content(i), Metadata.NONE, LONG);
    }
    assertTrue(source.drain(LONG));
    assertEquals(100, seen.size());
    assertEquals(0, blobs.puts());
    assertFalse(source.snapshot().heldBytes() > 0);
  }
}
