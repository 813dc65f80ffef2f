package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Both ends of a link without their threads, over a wire that breaks and stalls, and loses what
/// only the receiver hears of, with a receiver that dies and comes back, in virtual time:
/// everything is done, is told once, and never more is under way than was granted. Nothing is
/// sent again for want of patience.
final class LinkSim {

  private static final int SEEDS = 300;
  private static final int ENVELOPES = 60;
  private static final long SECOND = 1_000_000_000;

  @Test
  void everythingIsDoneAndToldOnceWhateverTheWireDoes() {
    Seeds.run(LinkSim.class, SEEDS, random -> new Run(random).run());
  }

  /// A frame, and the connection that it was sent on.
  private record Sent(int connection, byte[] frame) {}

  private static final class Run implements Intake.Owner, Branch.Listener {

    private final RandomGenerator random;
    private final int window;
    private final Counts counts = new Counts();
    private final Map<Hash, Integer> told = new HashMap<>();
    private final Map<Hash, Integer> worked = new HashMap<>();
    private final Deque<Sent> forward = new ArrayDeque<>();
    private final Deque<Sent> back = new ArrayDeque<>();
    private final List<Ledger.Work<Intake>> open = new ArrayList<>();
    private final Branch branch;
    private Ledger<Intake> ledger;
    private Intake intake;
    private int connection;
    private int senderConnection;
    private int receiverConnection;
    private long nowNanos = SECOND;
    private int sent;

    Run(RandomGenerator random) {
      this.random = random;
      this.window = random.nextInt(1, 12);
      LinkSettings settings = new LinkSettings(Duration.ofDays(1), 1, Duration.ofSeconds(9));
      this.branch =
          new Branch(
              "far",
              "near",
              1,
              new Nowhere(),
              settings,
              this,
              new Speakers(),
              counts,
              () -> nowNanos);
      this.ledger = new Ledger<>(window, 1 << 20, 1000);
      this.intake = intake();
    }

    private Intake intake() {
      return new Intake(
          "near",
          "far",
          random.nextLong(),
          new Nowhere(),
          false,
          this,
          new Speakers(),
          counts,
          () -> nowNanos);
    }

    void run() {
      for (int i = 0; i < 3000; i++) {
        step(random.nextInt(100));
      }
      for (int i = 0; i < 20_000 && told.size() < ENVELOPES; i++) {
        calmStep();
      }
      assertEquals(ENVELOPES, told.size(), "all are done");
      assertTrue(told.values().stream().allMatch(times -> times == 1), "each is told once");
      assertEquals(ENVELOPES, worked.size());
      assertTrue(branch.isEmpty());
      assertEquals(0, counts.overdrawn.sum() + counts.malformed.sum());
    }

    private void step(int dice) {
      nowNanos += random.nextLong(SECOND / 20);
      if (dice < 2) {
        connection++;
      } else if (dice < 3) {
        restartReceiver();
      } else if (dice < 4) {
        loseBehindTheSendersBack();
      } else if (dice < 10) {
        notice();
      } else if (dice < 30) {
        send();
      } else if (dice < 45) {
        say(branch, forward, senderConnection);
      } else if (dice < 60) {
        say(intake, back, receiverConnection);
      } else if (dice < 72) {
        hearAtReceiver();
      } else if (dice < 84) {
        hearAtSender();
      } else if (dice < 98) {
        finishOne();
      } else {
        branch.tick(nowNanos);
      }
    }

    private void calmStep() {
      nowNanos += SECOND / 10;
      notice();
      send();
      say(branch, forward, senderConnection);
      hearAtReceiver();
      finishOne();
      say(intake, back, receiverConnection);
      hearAtSender();
      branch.tick(nowNanos);
    }

    private void notice() {
      if (senderConnection != connection && random.nextBoolean()) {
        senderConnection = connection;
        branch.broken(new Unavailable("cut"));
      }
      if (receiverConnection != connection && random.nextBoolean()) {
        receiverConnection = connection;
        intake.broken(new Unavailable("cut"));
      }
    }

    /// As a queue does whose broker closes the receiver's connection.
    private void loseBehindTheSendersBack() {
      while (!forward.isEmpty() && random.nextBoolean()) {
        forward.remove();
      }
      while (!back.isEmpty() && random.nextBoolean()) {
        back.removeLast();
      }
      intake.broken(new Unavailable("reset"));
    }

    private void restartReceiver() {
      ledger.close(intake, nowNanos);
      ledger = new Ledger<>(window, 1 << 20, 1000);
      open.clear();
      intake = intake();
    }

    private void send() {
      if (sent < ENVELOPES && branch.freeEnvelopes() > 0) {
        Ref ref = new Ref(Kind.BLOB, Hash.of(new byte[] {(byte) sent}), 100);
        Origin origin = new Origin("near", Origin.NOTHING, sent++);
        Envelope envelope = Envelope.of(origin, ref, Metadata.NONE, null, null, null);
        branch.send(
            envelope,
            verdict -> {
              assertTrue(verdict.isDone(), verdict.toString());
              told.merge(envelope.id(), 1, Integer::sum);
            },
            Deadline.after(Duration.ZERO));
      }
    }

    private void say(Link.Party party, Deque<Sent> queue, int on) {
      Frames frames = new Frames();
      party.say(frames);
      if (!frames.isEmpty()) {
        queue.add(new Sent(on, frames.take()));
      }
    }

    private void hearAtReceiver() {
      byte[] frame = next(forward, receiverConnection);
      if (frame != null) {
        intake.hear(Frames.read("near", frame));
      }
    }

    private void hearAtSender() {
      byte[] frame = next(back, senderConnection);
      if (frame != null) {
        branch.hear(Frames.read("far", frame));
      }
    }

    /// What was sent on a connection that has ended is lost; what comes on one that is not there
    /// yet waits.
    private byte @Nullable [] next(Deque<Sent> queue, int on) {
      while (!queue.isEmpty() && queue.peek().connection < on) {
        queue.remove();
      }
      return queue.isEmpty() || queue.peek().connection > on ? null : queue.remove().frame;
    }

    private void finishOne() {
      if (!open.isEmpty()) {
        Ledger.Work<Intake> work = open.remove(random.nextInt(open.size()));
        Ledger.@Nullable Settled<Intake> settled = ledger.outputDone(work, Verdict.DONE);
        if (settled == null) {
          throw new AssertionError("a work without outputs is done with its handler");
        }
        settled.links().forEach(link -> link.tell(settled.id(), settled.verdict()));
      }
    }

    @Override
    public void onHello(Intake from) {
      ledger.restart(from, nowNanos);
    }

    @Override
    public void onEnvelopes(Intake from, List<Message.Parcel> parcels) {
      parcels.forEach(parcel -> onEnvelope(from, parcel));
    }

    private void onEnvelope(Intake from, Message.Parcel parcel) {
      Envelope envelope = Envelope.decode("near", parcel.bytes(), parcel.offset(), parcel.length());
      assertEquals(parcel.id(), envelope.id());
      switch (ledger.arrive(from, envelope)) {
        case Ledger.Arrival.Fresh<Intake>(Ledger.Work<Intake> work) -> {
          open.add(work);
          worked.merge(envelope.id(), 1, Integer::sum);
        }
        case Ledger.Arrival.Attached<Intake> _ -> {}
        case Ledger.Arrival.Known<Intake>(Verdict verdict) -> from.tell(envelope.id(), verdict);
        case Ledger.Arrival.Overdrawn<Intake>(String reason) -> throw new AssertionError(reason);
      }
      assertTrue(ledger.size() <= 2 * window, "twice the window, after restarts");
    }

    @Override
    public Ledger.Grant grant(Intake to) {
      return ledger.grant(to, Long.MAX_VALUE / 2);
    }

    @Override
    public void onBarred(Intake which) {
      throw new AssertionError("nobody takes too much");
    }

    @Override
    public void onEnded(Intake which) {
      throw new AssertionError("nobody ends it");
    }

    @Override
    public Verdict undeliverable(Branch to, Envelope envelope, String reason) {
      throw new AssertionError(reason);
    }

    @Override
    public void onRoom() {
      // the next step looks
    }
  }
}
