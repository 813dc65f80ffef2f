package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The receiving end of a link over a wire that calls, without threads.
final class LiveLinkTest implements Intake.Owner, LiveWire {

  private final Counts counts = new Counts();
  private final List<byte[]> posted = new ArrayList<>();
  private boolean isReading = true;
  private boolean isClosed;
  private int woken;
  private int hellos;
  private int ends;
  private @Nullable Listener listener;
  private final Intake intake =
      new Intake("test", "far", 7, this, true, this, new Speakers(), counts, () -> 0);

  LiveLinkTest() {
    intake.start();
  }

  private Listener wire() {
    return Objects.requireNonNull(listener);
  }

  private void hear(Frames... frames) {
    wire().onFrames(Stream.of(frames).map(Frames::take).toList());
  }

  private static Frames parcels(int count) {
    Envelope envelope =
        Envelope.of(
            new Origin("near", Origin.NOTHING, 0),
            Ref.ofBlob(Blob.of(new byte[] {1})),
            Metadata.NONE,
            null,
            null,
            null);
    Frames frames = new Frames();
    for (int i = 0; i < count; i++) {
      frames.envelope(envelope);
    }
    return frames;
  }

  @Test
  void manyFramesAreAnsweredInOne() {
    hear(new Frames().hello("near", 1), parcels(3), parcels(4));
    assertEquals(1, woken, "once for all");
    wire().onTurn();
    assertEquals(1, posted.size());
    long dones =
        Frames.read("far", posted.getFirst()).stream()
            .filter(Message.Done.class::isInstance)
            .count();
    assertEquals(7, dones);
    wire().onTurn();
    assertEquals(1, posted.size(), "nothing more to say");
  }

  @Test
  void aSenderThatDoesNotHearItsAnswersIsNotReadAnyMore() {
    hear(new Frames().hello("near", 1));
    while (isReading) {
      hear(parcels(100)); // sent again and again; answered each time
    }
    wire().onTurn();
    assertTrue(isReading, "what there was to say has been said");
  }

  @Test
  void whatComesBeforeNonsenseIsHeardAndNothingAfterIt() {
    hear(new Frames().hello("near", 1));
    wire().onFrames(List.of(parcels(1).take(), new byte[] {9, 9}, parcels(1).take()));
    assertEquals(1, counts.received.sum());
    assertEquals(1, counts.malformed.sum());
    assertTrue(isClosed);
    assertEquals(1, ends);
    assertEquals(1, hellos);
  }

  // As a stage that has done everything already.

  @Override
  public void onHello(Intake from) {
    hellos++;
  }

  @Override
  public void onEnvelopes(Intake from, List<Message.Parcel> parcels) {
    for (Message.Parcel each : parcels) {
      counts.received.increment();
      from.tell(each.id(), Verdict.DONE);
    }
  }

  @Override
  public Ledger.Grant grant(Intake to) {
    return new Ledger.Grant(8, 1 << 20);
  }

  @Override
  public void onBarred(Intake which) {
    throw new AssertionError("a connection is ended");
  }

  @Override
  public void onEnded(Intake which) {
    ends++;
  }

  // As a wire.

  @Override
  public void listen(Listener who) {
    listener = who;
  }

  @Override
  public void wake() {
    woken++;
  }

  @Override
  public void post(byte[] frame, int length) {
    posted.add(Arrays.copyOf(frame, length));
  }

  @Override
  public void reading(boolean is) {
    isReading = is;
  }

  @Override
  public void send(byte[] frame) {
    throw new AssertionError("somebody listens");
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    throw new AssertionError("somebody listens");
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
