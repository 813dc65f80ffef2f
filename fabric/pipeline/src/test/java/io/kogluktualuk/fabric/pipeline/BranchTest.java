package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The sending end of a link, without its threads, in virtual time.
final class BranchTest implements Branch.Listener {

  private static final long SECOND = 1_000_000_000;

  private long nowNanos = SECOND;
  private final Branch branch =
      new Branch(
          "far",
          "near",
          7,
          new Nowhere(),
          LinkSettings.DEFAULT,
          this,
          new Speakers(),
          new Counts(),
          () -> nowNanos);

  @Override
  public Verdict undeliverable(Branch to, Envelope envelope, String reason) {
    throw new AssertionError(reason);
  }

  @Override
  public void onRoom() {
    // nobody waits
  }

  private List<Message> said() {
    Frames frames = new Frames();
    branch.say(frames);
    return Frames.read("near", frames.take());
  }

  private void hear(Frames frames) {
    branch.hear(Frames.read("far", frames.take()));
  }

  /// Who has something of ours holds it himself once he does not hear of us any more.
  @Test
  void aSenderGivesASignOfLifeAsLongAsSomethingIsNotDone() {
    Message.Hello hello = new Message.Hello("near", 7);
    assertEquals(List.of(hello), said());
    hear(new Frames().hello("far", 1).credit(2, 1000));
    said();
    nowNanos += 10 * SECOND;
    assertEquals(List.of(), said(), "nothing is under way");
    Ref ref = new Ref(Kind.BLOB, Hash.of(new byte[1]), 100);
    Origin origin = new Origin("near", Origin.NOTHING, 0);
    Envelope envelope = Envelope.of(origin, ref, Metadata.NONE, null, null, null);
    branch.send(envelope, _ -> {}, Deadline.after(Duration.ZERO));
    assertEquals(1, said().size());
    nowNanos += SECOND;
    assertEquals(List.of(), said());
    nowNanos++;
    assertEquals(List.of(hello), said());
    assertEquals(List.of(), said());
    nowNanos += SECOND + 1;
    assertEquals(List.of(hello), said());
    hear(new Frames().done(envelope.id(), Verdict.DONE));
    assertTrue(branch.isEmpty());
    nowNanos += 10 * SECOND;
    assertEquals(List.of(), said());
  }
}
