package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sending end of a link: an outbox, and what drives it.
///
/// **Threading:** any thread. **Ownership:** of its wire. **Errors:** who waits for room longer
/// than its deadline gets [OutOfCredits], which says whose credits are missing.
final class Branch implements Link.Party, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Branch.class);

  /// How often a receiver that has not answered, or grants nothing, is greeted again: a wire over
  /// a queue may lose what it said to a predecessor of ours. And how often one is that has
  /// something of ours: it holds our values itself when it hears nothing ([Claim#patience]).
  private static final long HELLO_NANOS = 1_000_000_000;

  /// Hears what the stage downstream will not do.
  interface Listener {

    /// The receiver has refused an envelope, or never said what became of it.
    Verdict undeliverable(Branch branch, Envelope envelope, String reason);

    /// There may be more room.
    void onRoom();
  }

  private final String name;
  private final String stage;
  private final long incarnation;
  private final Listener listener;
  private final Counts counts;
  private final LongSupplier nanoTime;
  private final Link link;
  private final Speakers speakers;
  private final Speakers.Speaker speaker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Outbox outbox;
  private long saidNanos;
  private boolean isToGreet = true;
  private boolean isClosed;
  private int waiting;
  private volatile String peer = "";

  Branch(
      String name,
      String stage,
      long incarnation,
      Wire wire,
      LinkSettings settings,
      Listener listener,
      Speakers speakers,
      Counts counts,
      LongSupplier nanoTime) {
    this.name = name;
    this.stage = stage;
    this.incarnation = incarnation;
    this.listener = listener;
    this.counts = counts;
    this.nanoTime = nanoTime;
    this.outbox = new Outbox(settings.donePatience().toNanos(), settings.sendingsMax());
    this.link = Link.over(wire, "kog-" + stage + "-to-" + name, this);
    this.speakers = speakers;
    this.speaker = speakers.of(link);
  }

  void start() {
    link.start();
  }

  String name() {
    return name;
  }

  /// Sends an envelope as soon as there is room for it.
  ///
  /// @param done hears what became of it, on a thread that must not be kept waiting
  /// @throws OutOfCredits when there was no room within the deadline
  void send(Envelope envelope, Consumer<Verdict> done, Deadline deadline) {
    reserve(envelope, deadline);
    sendReserved(envelope, done);
  }

  /// Waits for room for an envelope and keeps it for [#sendReserved] or [#unreserve].
  ///
  /// @throws OutOfCredits when there was none within the deadline
  void reserve(Envelope envelope, Deadline deadline) {
    lock.lock();
    try {
      awaitRoom(envelope, deadline);
      outbox.reserve(envelope.chargeBytes());
    } finally {
      lock.unlock();
    }
  }

  void unreserve(Envelope envelope) {
    lock.lock();
    try {
      outbox.unreserve(envelope.chargeBytes());
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void sendReserved(Envelope envelope, Consumer<Verdict> done) {
    boolean isLate;
    lock.lock();
    try {
      outbox.unreserve(envelope.chargeBytes());
      isLate = isClosed;
      if (!isLate) {
        outbox.add(envelope, done);
      }
    } finally {
      lock.unlock();
    }
    if (isLate) {
      done.accept(Verdict.dropped("stage " + stage + " was closed"));
      return;
    }
    counts.emitted.increment();
    counts.emittedBytes.add(envelope.chargeBytes());
    speaker.later();
  }

  private void awaitRoom(Envelope envelope, Deadline deadline) {
    while (!isClosed
        && !outbox.contains(envelope.id())
        && !outbox.hasRoom(envelope.chargeBytes())) {
      long nanos = deadline.remainingNanos();
      if (nanos <= 0) {
        counts.starved.increment();
        throw new OutOfCredits(starving(envelope));
      }
      speakers.wakeAll(); // what it waits for may come of what is not said yet
      waiting++;
      try {
        room.await(nanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("stage " + stage + ": interrupted while waiting for credits", e);
      } finally {
        waiting--;
      }
    }
    if (isClosed) {
      throw new AlreadyClosed("stage " + stage + ": the link to " + name + " is closed");
    }
  }

  private String starving(Envelope envelope) {
    return "stage "
        + stage
        + ": "
        + label()
        + (outbox.isAttached() ? " grants " : " is not there; it grants ")
        + outbox.windowEnvelopes()
        + " envelopes and "
        + outbox.windowBytes()
        + " bytes, of which "
        + outbox.size()
        + " and "
        + outbox.keptBytes()
        + " are under way; no room for one of "
        + envelope.chargeBytes();
  }

  private String label() {
    return peer.isEmpty() || peer.equals(name) ? name : name + " (stage " + peer + ")";
  }

  @Override
  public void say(Frames frame) {
    long nowNanos = nanoTime.getAsLong();
    lock.lock();
    try {
      boolean isOwing = outbox.windowEnvelopes() == 0 || outbox.size() > 0;
      Outbox.Entry next = outbox.peek();
      if (isToGreet || isOwing && next == null && nowNanos - saidNanos > HELLO_NANOS) {
        frame.hello(stage, incarnation);
        saidNanos = nowNanos;
        isToGreet = false;
      }
      while (next != null && frame.hasRoomFor(next.envelope().encodedLength())) {
        frame.envelope(next.envelope());
        outbox.take(nowNanos);
        saidNanos = nowNanos;
        next = outbox.peek();
      }
      if (next != null) {
        link.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void hear(List<Message> messages) {
    List<Outbox.Entry> entries = new ArrayList<>(messages.size());
    List<Verdict> verdicts = new ArrayList<>(messages.size());
    boolean isMore;
    lock.lock();
    try {
      for (Message message : messages) {
        switch (message) {
          case Message.Hello(String whose, long which) -> {
            peer = whose;
            isToGreet |= outbox.onHello(which);
          }
          case Message.Credit(long envelopes, long bytes) -> outbox.onCredit(envelopes, bytes);
          case Message.Done(Hash id, Verdict verdict) -> {
            Outbox.Entry entry = outbox.onDone(id);
            if (entry == null) {
              counts.strays.increment();
            } else {
              entries.add(entry);
              verdicts.add(verdict);
            }
          }
          case Message.Parcel _ -> counts.malformed.increment(); // it is we who send
        }
      }
      if (waiting > 0) {
        room.signalAll();
      }
      isMore = isToGreet || outbox.peek() != null;
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < entries.size(); i++) {
      tell(entries.get(i), verdicts.get(i));
    }
    if (isMore) {
      link.wake();
    }
    listener.onRoom();
  }

  private void tell(Outbox.Entry entry, Verdict verdict) {
    if (verdict.kind() == Verdict.Kind.REFUSED) {
      counts.refused.increment();
      String reason = label() + " has refused it: " + verdict.reason();
      // It is kept on disk: who hears must not wait for that.
      Thread.ofVirtual()
          .name("kog-" + stage + "-refused")
          .start(() -> undeliverable(entry, reason));
    } else {
      entry.tell(verdict);
    }
  }

  private void undeliverable(Outbox.Entry entry, String reason) {
    entry.tell(listener.undeliverable(this, entry.envelope(), reason));
    speakers.wakeAll();
  }

  @Override
  public boolean isFull() {
    return false;
  }

  /// Gives up what was never answered.
  void tick(long nowNanos) {
    List<Outbox.Entry> givenUp;
    lock.lock();
    try {
      givenUp = outbox.overdue(nowNanos);
      room.signalAll();
    } finally {
      lock.unlock();
    }
    for (Outbox.Entry entry : givenUp) {
      counts.givenUp.increment();
      undeliverable(entry, label() + " has never said what became of it");
    }
    link.wake();
  }

  @Override
  public void broken(FabricException reason) {
    LOG.debug("stage {}: the link to {} is broken: {}", stage, name, reason.getMessage());
    counts.breaks.increment();
    lock.lock();
    try {
      outbox.onBreak();
      isToGreet = true;
    } finally {
      lock.unlock();
    }
    link.wake();
  }

  @Override
  public void malformed(MalformedEncoding reason) {
    counts.malformed.increment();
    LOG.warn("stage {}: {} does not speak as a stage: {}", stage, label(), reason.getMessage());
  }

  @Override
  public void ended() {
    close();
  }

  LinkSnapshot snapshot() {
    lock.lock();
    try {
      return new LinkSnapshot(
          name,
          peer,
          outbox.isAttached(),
          outbox.windowEnvelopes(),
          outbox.windowBytes(),
          outbox.freeEnvelopes(),
          outbox.freeBytes(),
          outbox.size(),
          outbox.keptBytes(),
          outbox.resent());
    } finally {
      lock.unlock();
    }
  }

  long freeEnvelopes() {
    lock.lock();
    try {
      return outbox.hasRoom(0) ? outbox.freeEnvelopes() : 0;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return outbox.size() == 0;
    } finally {
      lock.unlock();
    }
  }

  /// Closes the link. What is not done is left to those that hold it now.
  @Override
  public void close() {
    List<Outbox.Entry> left;
    lock.lock();
    try {
      isClosed = true;
      left = outbox.drain();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    link.close();
    left.forEach(each -> each.tell(Verdict.dropped("stage " + stage + " was closed")));
  }
}
