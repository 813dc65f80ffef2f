package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The receiving end of a link over a queue, without its threads, in virtual time.
final class IntakeTest implements Intake.Owner {

  private static final long SECOND = 1_000_000_000;

  private final Counts counts = new Counts();
  private final List<Message.Parcel> taken = new ArrayList<>();
  private int hellos;
  private int bars;
  private long nowNanos = SECOND;
  private final Intake intake =
      new Intake(
          "queue", "far", 7, new Nowhere(), false, this, new Speakers(), counts, () -> nowNanos);

  @Override
  public void onHello(Intake from) {
    hellos++;
  }

  @Override
  public void onEnvelopes(Intake from, List<Message.Parcel> parcels) {
    for (Message.Parcel parcel : parcels) {
      taken.add(parcel);
      if (taken.size() == 2) {
        from.bar();
        return;
      }
    }
  }

  @Override
  public Ledger.Grant grant(Intake to) {
    return new Ledger.Grant(8, 1 << 20);
  }

  @Override
  public void onBarred(Intake which) {
    bars++;
  }

  @Override
  public void onEnded(Intake which) {
    throw new AssertionError("a queue does not end");
  }

  private void hear(Frames frames) {
    intake.hear(Frames.read("near", frames.take()));
  }

  private List<Message> said() {
    Frames frames = new Frames();
    intake.say(frames);
    return Frames.read("far", frames.take());
  }

  private static long incarnation(List<Message> said) {
    return said.stream()
        .filter(Message.Hello.class::isInstance)
        .map(each -> ((Message.Hello) each).incarnation())
        .findFirst()
        .orElseThrow();
  }

  private static Frames parcels(int count) {
    Frames frames = new Frames();
    for (int i = 0; i < count; i++) {
      byte[] content = {(byte) i};
      Envelope each =
          Envelope.of(
              new Origin("near", Origin.NOTHING, i),
              Ref.ofBlob(Blob.of(content)),
              Metadata.NONE,
              null,
              null,
              null);
      frames.envelope(each.id(), each.encode());
    }
    return frames;
  }

  @Test
  void aBreakIsFollowedByAGreetingThatHasEverythingSentAgain() {
    hear(new Frames().hello("near", 1));
    long before = incarnation(said());
    intake.broken(new Unavailable("reset"));
    List<Message> said = said();
    assertNotEquals(before, incarnation(said));
    assertTrue(said.contains(new Message.Credit(8, 1 << 20)), said::toString);
    assertEquals(1, hellos, "the sender is the same");
    assertEquals(1, counts.breaks.sum());
  }

  @Test
  void whoHasTakenTooMuchIsNotListenedToForAWhile() {
    hear(new Frames().hello("near", 1));
    long before = incarnation(said());
    hear(parcels(5));
    assertEquals(2, taken.size());
    assertEquals(1, bars);
    hear(new Frames().hello("near", 1)); // the same sender: no reason to listen to it
    hear(parcels(1));
    nowNanos += Intake.BARRED_NANOS;
    assertEquals(List.of(), said());
    assertEquals(2, taken.size());
    assertEquals(1, hellos);
    nowNanos++;
    assertNotEquals(before, incarnation(said()));
    assertEquals(2, hellos);
    assertEquals(1, counts.readmitted.sum());
    hear(parcels(1));
    assertEquals(3, taken.size());
  }

  @Test
  void aSenderThatBeginsAnewIsListenedToAtOnce() {
    hear(new Frames().hello("near", 1));
    hear(parcels(5));
    hear(new Frames().hello("near", 2));
    hear(parcels(1));
    assertEquals(3, taken.size());
    assertEquals(1, counts.readmitted.sum());
  }
}
