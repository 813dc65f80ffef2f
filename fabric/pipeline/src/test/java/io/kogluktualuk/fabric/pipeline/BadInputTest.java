package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stages that do what they must not: it is contained, named, counted, and the rest goes on.
@Timeout(120)
final class BadInputTest extends StagesInMemory {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final StageSettings SMALL =
      StageSettings.DEFAULT
          .carrying(0)
          .withWindow(8, 1 << 20)
          .withAttempts(2, Duration.ofSeconds(1))
          .withFaultPatience(Duration.ofMillis(100));

  BadInputTest(@TempDir Path folder) {
    super(folder);
  }

  private static boolean isBad(Input input) {
    return "3".equals(input.metadata().value("i"));
  }

  private void sendTen(Source source) throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
    assertTrue(source.drain(LONG));
  }

  private void assertOneSetAside(Stage stage, String reason) {
    assertEquals(9, ends.values().stream().filter(Verdict::isDone).count(), ends::toString);
    assertEquals(1, stage.setAside().size());
    String found = stage.setAside().getFirst().reason();
    assertTrue(found.contains(reason) && found.contains("stage " + stage.name()), found);
    assertEquals(1, stage.snapshot().setAside());
  }

  @Test
  void aRefToNothing() throws Exception {
    MemoryWire.Pair first = MemoryWire.pair();
    MemoryWire.Pair second = MemoryWire.pair();
    Ref nothing = new Ref(Kind.BLOB, Hash.of(content(99)), 7);
    Stage stage =
        pipeline()
            .stage("liar")
            .from("source", first.far())
            .to("sink", second.near())
            .with(SMALL)
            .run(in -> List.of(isBad(in) ? Output.of(nothing, in.metadata()) : in.pass()));
    pipeline().stage("sink").from("liar", second.far()).with(SMALL).run(_ -> List.of());
    sendTen(source(first.near()));
    assertOneSetAside(stage, "gave a ref to nothing");
    assertEquals(2, stage.snapshot().failures());
  }

  @Test
  void aGiantEnvelope() throws Exception {
    MemoryWire.Pair first = MemoryWire.pair();
    MemoryWire.Pair second = MemoryWire.pair();
    Stage stage =
        pipeline()
            .stage("giant")
            .from("source", first.far())
            .to("sink", second.near())
            .with(SMALL)
            .run(
                in ->
                    List.of(
                        isBad(in)
                            ? in.pass(in.metadata().with("much", "x".repeat(5000)))
                            : in.pass()));
    pipeline().stage("sink").from("giant", second.far()).with(SMALL).run(_ -> List.of());
    sendTen(source(first.near()));
    assertOneSetAside(stage, "metadata of 2 entries");
  }

  @Test
  void aHandlerThatNeverReturns() throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    CountDownLatch never = new CountDownLatch(1);
    Stage stage =
        pipeline()
            .stage("stuck")
            .from("source", wire.far())
            .with(SMALL.withAttempts(2, Duration.ofMillis(200)))
            .run(
                in -> {
                  if (isBad(in)) {
                    never.await();
                  }
                  return List.of();
                });
    sendTen(source(wire.near()));
    assertOneSetAside(stage, "InterruptedException");
  }

  /// A sender that speaks for itself, with what the library would not send.
  private static void speak(MemoryWire wire, Frames frames) {
    wire.send(frames.take());
  }

  /// Envelopes that nobody has granted.
  private static void flood(MemoryWire wire, int first, int count) {
    for (int i = first; i < first + count; i++) {
      Envelope each = envelope(i, Ref.ofBlob(Blob.of(content(i))), content(i));
      speak(wire, new Frames().envelope(each.id(), each.encode()));
    }
  }

  /// A handler that waits until the latch is open.
  private static Handler waiting(CountDownLatch open) {
    return _ -> {
      open.await();
      return List.of();
    };
  }

  private static Envelope envelope(int i, Ref ref, byte[] carried) {
    return Envelope.of(
        new Origin("forger", Origin.NOTHING, i),
        ref,
        Metadata.NONE,
        null,
        null,
        MemorySegment.ofArray(carried));
  }

  @Test
  void aForgedHashAndForgedIdsAndNonsense() throws Exception {
    MemoryWire.Pair forger = MemoryWire.pair();
    MemoryWire.Pair honest = MemoryWire.pair();
    AtomicInteger looked = new AtomicInteger();
    Stage stage =
        pipeline()
            .stage("sink")
            .from("forger", forger.far())
            .from("source", honest.far())
            .with(SMALL)
            .run(
                in -> {
                  in.bytes();
                  looked.incrementAndGet();
                  return List.of();
                });
    Envelope forged = envelope(0, new Ref(Kind.BLOB, Hash.of(content(1)), 9), content(2));
    Envelope good = envelope(1, Ref.ofBlob(Blob.of(content(3))), content(3));
    speak(forger.near(), new Frames().hello("forger", 1));
    Await.until(() -> stage.snapshot().upstream() == 1, "it is known");
    speak(forger.near(), new Frames().envelope(forged.id(), forged.encode()));
    speak(forger.near(), new Frames().envelope(forged.id(), good.encode()));
    speak(forger.near(), new Frames().envelope(good.id(), new byte[] {1, 2, 3}));
    forger.near().send(new byte[] {7, 7, 7});
    sendTen(source(honest.near()));
    Await.until(() -> stage.snapshot().forged() == 1, "the forged content is found");
    Await.until(() -> stage.snapshot().malformed() == 3, () -> stage.snapshot().toString());
    assertEquals(10, looked.get());
    String reason = stage.setAside().getFirst().reason();
    assertTrue(reason.contains("from stage forger"), reason);
  }

  @Test
  void aSenderThatTakesMoreThanItWasGranted() throws Exception {
    MemoryWire.Pair greedy = MemoryWire.pair();
    MemoryWire.Pair honest = MemoryWire.pair();
    CountDownLatch open = new CountDownLatch(1);
    Stage stage =
        pipeline()
            .stage("sink")
            .from("greedy", greedy.far())
            .from("source", honest.far())
            .with(SMALL)
            .run(waiting(open));
    speak(greedy.near(), new Frames().hello("greedy", 1));
    Await.until(() -> stage.snapshot().upstream() == 1, "it is known");
    flood(greedy.near(), 0, 100);
    Await.until(() -> stage.snapshot().overdrawn() == 1, "it is noticed");
    assertTrue(stage.snapshot().inProgress() <= 16, "no more than two windows were taken");
    open.countDown();
    sendTen(source(honest.near()));
    assertEquals(10, ends.values().stream().filter(Verdict::isDone).count());
  }

  @Test
  void aQueueThatWasOverdrawnIsListenedToAgainWhenItsSenderBeginsAnew() throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    CountDownLatch open = new CountDownLatch(1);
    Stage stage =
        pipeline().stage("sink").from("source", wire.far()).with(SMALL).run(waiting(open));
    speak(wire.near(), new Frames().hello("source", 1));
    Await.until(() -> stage.snapshot().upstream() == 1, "it is known");
    flood(wire.near(), 0, 100);
    Await.until(() -> stage.snapshot().overdrawn() == 1, "it is noticed");
    Await.until(() -> stage.snapshot().upstream() == 0, "and not listened to");
    open.countDown();
    sendTen(source(wire.near())); // greets with an incarnation of its own
    assertEquals(10, ends.values().stream().filter(Verdict::isDone).count());
    assertEquals(1, stage.snapshot().readmitted());
    assertEquals(1, stage.snapshot().overdrawn());
    assertEquals(16 + 10, stage.snapshot().received(), "of the flood two windows were taken");
  }

  /// Each connection is worth two windows; a hundred of them are not.
  @Test
  void aSenderThatComesAgainAndAgainCannotPileUpWork() {
    MemoryWire.Pair wire = MemoryWire.pair();
    CountDownLatch never = new CountDownLatch(1);
    Stage stage =
        pipeline().stage("sink").from("greedy", wire.far()).with(SMALL).run(waiting(never));
    for (int start = 1; start <= 100; start++) {
      speak(wire.near(), new Frames().hello("greedy", start));
      flood(wire.near(), 20 * start, 20);
    }
    Await.until(() -> stage.snapshot().overdrawn() == 100, () -> stage.snapshot().toString());
    assertEquals(99, stage.snapshot().readmitted());
    assertEquals(32, stage.snapshot().inProgress(), "two windows, and two that were left behind");
  }

  @Test
  void aReceiverThatNeverReturnsCreditsStarvesItsBranchOnly() throws Exception {
    MemoryWire.Pair in = MemoryWire.pair();
    MemoryWire.Pair mute = MemoryWire.pair();
    MemoryWire.Pair good = MemoryWire.pair();
    pipeline().stage("good").from("split", good.far()).with(SMALL).run(_ -> List.of());
    Stage split =
        pipeline()
            .stage("split")
            .from("source", in.far())
            .to("mute", mute.near())
            .to("good", good.near())
            .choosing(each -> isThree(each) ? "a" : "b")
            .with(SMALL)
            .patience(LONG, 3, Duration.ofMillis(300))
            .run(input -> List.of(input.pass().to(isBad(input) ? "mute" : "good")));
    sendTen(source(in.near()));
    assertOneSetAside(split, "mute is not there");
    assertEquals(1, split.snapshot().starved());
    assertEquals("mute", split.setAside().getFirst().branch());
  }

  private static boolean isThree(Envelope envelope) {
    return "3".equals(envelope.metadata().value("i"));
  }

  @Test
  void aSourceIsToldWhoseCreditsAreMissing() {
    MemoryWire.Pair mute = MemoryWire.pair();
    Source source = source(mute.near());
    OutOfCredits e =
        assertThrows(
            OutOfCredits.class,
            () -> source.send(content(1), Metadata.NONE, Duration.ofMillis(100)));
    assertTrue(String.valueOf(e.getMessage()).contains("stage source: next is not there"));
    assertEquals(1, source.snapshot().starved());
    source.close();
    Await.until(() -> blobs.size() == 0, "nothing is held for what was not sent");
  }

  @Test
  void aReceiverThatNeverSaysDoneIsGivenUpAndItsHoldsAreLetGoOf() throws Exception {
    MemoryWire.Pair leak = MemoryWire.pair();
    Source source =
        pipeline()
            .source("source")
            .to("leak", leak.near())
            .carrying(0)
            .patience(Duration.ofMillis(200), 3)
            .hearing((envelope, verdict) -> ends.put(envelope.id(), verdict))
            .open();
    speak(leak.far(), new Frames().hello("leak", 1).credit(10, 1 << 20));
    Hash leaked = source.send(content(3), Metadata.of("i", "3"), LONG);
    int times = 0;
    while (!ends.containsKey(leaked)) {
      byte[] frame = leak.far().receive(Duration.ofMillis(50));
      if (frame != null) {
        for (Message message : Frames.read("a test", frame)) {
          times += message instanceof Message.Parcel ? 1 : 0;
        }
      }
    }
    assertEquals(3, times, "it was sent three times");
    assertEquals(Verdict.Kind.SET_ASIDE, ends.getOrDefault(leaked, Verdict.DONE).kind());
    assertEquals(1, source.snapshot().givenUp());
    String reason = source.setAside().getFirst().reason();
    assertTrue(reason.contains("leak has never said what became of it"), reason);
    Await.until(() -> source.snapshot().heldBytes() == 0, "its hold is let go of");
    assertEquals(1, blobs.names().size(), "and its value is kept by a root");
  }

  @Test
  void anOrphanWhoseValueHasGoneIsDroppedUntilItComesAgain() throws Exception {
    MemoryWire.Pair wire = MemoryWire.pair();
    CountDownLatch gone = new CountDownLatch(1);
    Stage stage =
        pipeline()
            .stage("sink")
            .from("source", wire.far())
            .with(SMALL)
            .run(
                in -> {
                  gone.await();
                  in.bytes();
                  return List.of();
                });
    Source source = source(wire.near());
    source.send(content(1), Metadata.NONE, LONG);
    Await.until(() -> stage.snapshot().inProgress() == 1, "it is there");
    source.close();
    blobs.loseHolds();
    MemoryWire successor = wire.near().reopened();
    speak(successor, new Frames().hello("source", 2)); // it knows nothing of what was sent
    Await.until(() -> heardCredit(successor), "it is greeted");
    gone.countDown();
    Await.until(() -> stage.snapshot().orphaned() == 1, "it is an orphan");
    assertEquals(1, stage.snapshot().dropped());
    assertFalse(stage.snapshot().inProgress() > 0);
    successor.close();
    Source again = source(successor.reopened()); // makes the same envelope, and has its value
    again.send(content(1), Metadata.NONE, LONG);
    assertTrue(again.drain(LONG));
    assertEquals(List.of(Verdict.DONE), List.copyOf(ends.values()));
    assertEquals(0, stage.snapshot().duplicates());
  }

  private static boolean heardCredit(MemoryWire wire) {
    byte[] frame = wire.receive(Duration.ofMillis(100));
    return frame != null
        && Frames.read("a test", frame).stream().anyMatch(each -> each instanceof Message.Credit);
  }
}
