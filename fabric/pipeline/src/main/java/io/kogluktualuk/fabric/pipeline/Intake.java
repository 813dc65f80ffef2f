package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The receiving end of a link: gives what comes to the stage, and tells the sender what is done
/// and how much more it may send.
///
/// What a break may have lost, in either direction, the sender need not notice: so the intake
/// greets with a new incarnation after each, and is sent again what is not done.
///
/// A sender that takes more than it was granted loses its connection. A queue has none: what
/// comes over it is passed over until the sender greets with a new incarnation, or for
/// [#BARRED_NANOS].
///
/// **Threading:** any thread. **Ownership:** of its wire. **Bound:** verdicts that are not sent
/// yet are at most [#VERDICTS_MAX] and those of what comes at a time; nothing more is heard then.
final class Intake implements Link.Party, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  static final int VERDICTS_MAX = 4096;

  /// How often a sender that is not known is greeted, and credits are told again: a wire over a
  /// queue may lose what was meant for a predecessor.
  private static final long REPEAT_NANOS = 1_000_000_000;

  /// How long a sender over a queue is not listened to that took more than it was granted. Each
  /// time costs two windows at most; an honest one may have been unlucky with restarts.
  static final long BARRED_NANOS = 10_000_000_000L;

  private record Told(Hash id, Verdict verdict) {}

  /// What an intake asks of its stage.
  interface Owner {

    /// A sender has begun, anew or at first.
    void onHello(Intake intake);

    /// Envelopes have come, in order. What comes after one that is too much is passed over.
    void onEnvelopes(Intake intake, List<Message.Parcel> parcels);

    Ledger.Grant grant(Intake intake);

    /// Nothing is taken over this link until its next [#onHello].
    void onBarred(Intake intake);

    void onEnded(Intake intake);
  }

  private final String label;
  private final String stage;
  private final boolean isOwnWire;
  private final Owner owner;
  private final Counts counts;
  private final LongSupplier nanoTime;
  private final Link link;
  private final Speakers.Speaker speaker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Told> verdicts = new ArrayDeque<>();
  private long saidNanos;
  private boolean isToGreet = true;
  private boolean isToGrant;
  private boolean isClosed;
  private long incarnation;
  private long barredNanos;
  private Ledger.Grant granted = new Ledger.Grant(0, 0);
  private volatile String peer = "";
  private volatile long peerIncarnation;
  private volatile long heardNanos;
  private volatile boolean isBarred; // changed with the lock

  /// @param isOwnWire whether the wire was made for one sender's connection: it ends with the
  ///     first nonsense that comes
  Intake(
      String label,
      String stage,
      long incarnation,
      Wire wire,
      boolean isOwnWire,
      Owner owner,
      Speakers speakers,
      Counts counts,
      LongSupplier nanoTime) {
    this.label = label;
    this.stage = stage;
    this.incarnation = incarnation;
    this.isOwnWire = isOwnWire;
    this.owner = owner;
    this.counts = counts;
    this.nanoTime = nanoTime;
    this.heardNanos = nanoTime.getAsLong();
    this.link = Link.over(wire, "kog-" + stage + "-from-" + label, this);
    this.speaker = speakers.of(link);
  }

  void start() {
    link.start();
  }

  /// What the sender calls itself; empty before it has said so.
  String peer() {
    return peer;
  }

  /// Whether it is a connection that has not said whose it is.
  boolean isStranger() {
    return isOwnWire && peer.isEmpty();
  }

  boolean isSameSender(Intake other) {
    return !peer.isEmpty() && peer.equals(other.peer) && peerIncarnation == other.peerIncarnation;
  }

  String label() {
    return peer.isEmpty() ? label : "stage " + peer + " at " + label;
  }

  /// When something came last.
  long heardNanos() {
    return heardNanos;
  }

  /// Tells the sender what became of an envelope, when the speakers are woken.
  void tell(Hash id, Verdict verdict) {
    lock.lock();
    try {
      if (!isClosed) {
        verdicts.add(new Told(id, verdict));
      }
    } finally {
      lock.unlock();
    }
    speaker.later();
  }

  /// There may be more to grant.
  void wake() {
    link.wake();
  }

  @Override
  public void say(Frames frame) {
    long nowNanos = nanoTime.getAsLong();
    if (!isListening(nowNanos)) {
      return;
    }
    boolean isKnown = !peer.isEmpty();
    Ledger.Grant now = isKnown ? owner.grant(this) : granted;
    lock.lock();
    try {
      boolean isRepeated = nowNanos - saidNanos > REPEAT_NANOS;
      if (isToGreet || isRepeated && !isKnown) {
        frame.hello(stage, incarnation);
        isToGreet = false;
        saidNanos = nowNanos;
      }
      while (!verdicts.isEmpty() && frame.hasRoomForDone()) {
        Told next = verdicts.remove();
        frame.done(next.id, next.verdict);
      }
      if (!verdicts.isEmpty()) {
        link.wake();
      }
      if (isKnown && (isToGrant || isRepeated || !now.equals(granted))) {
        frame.credit(now.envelopes(), now.bytes());
        granted = now;
        isToGrant = false;
        saidNanos = nowNanos;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether the sender is not barred, or not any more.
  private boolean isListening(long nowNanos) {
    lock.lock();
    try {
      if (!isBarred) {
        return true;
      }
      if (nowNanos - barredNanos <= BARRED_NANOS) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    readmit();
    return true;
  }

  private void readmit() {
    owner.onHello(this);
    counts.readmitted.increment();
    lock.lock();
    try {
      isBarred = false;
      greetAnew();
    } finally {
      lock.unlock();
    }
  }

  /// Has the sender send again what is not done; the caller has the lock.
  private void greetAnew() {
    incarnation++;
    isToGreet = true;
    isToGrant = true;
  }

  @Override
  public void hear(List<Message> messages) {
    heardNanos = nanoTime.getAsLong();
    List<Message.Parcel> parcels = new ArrayList<>(messages.size());
    for (Message message : messages) {
      switch (message) {
        case Message.Hello(String whose, long which) -> {
          pass(parcels);
          hello(whose, which);
        }
        case Message.Parcel parcel -> parcels.add(parcel);
        case Message.Credit _, Message.Done _ -> counts.malformed.increment(); // we receive
      }
    }
    pass(parcels);
  }

  private void pass(List<Message.Parcel> parcels) {
    if (!peer.isEmpty() && !isBarred && !parcels.isEmpty()) {
      owner.onEnvelopes(this, parcels);
    }
    parcels.clear();
  }

  private void hello(String whose, long which) {
    boolean isNew = !whose.equals(peer) || which != peerIncarnation;
    if (isBarred && !isNew) {
      return;
    }
    peer = whose;
    peerIncarnation = which;
    if (isBarred) {
      readmit();
    } else if (isNew) {
      owner.onHello(this);
    }
    lock.lock();
    try {
      isToGreet = true;
      isToGrant = true;
    } finally {
      lock.unlock();
    }
    link.wake();
  }

  @Override
  public boolean isFull() {
    lock.lock();
    try {
      return verdicts.size() >= VERDICTS_MAX;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void broken(FabricException reason) {
    LOG.debug("stage {}: the link from {} is broken: {}", stage, label(), reason.getMessage());
    counts.breaks.increment();
    lock.lock();
    try {
      greetAnew();
    } finally {
      lock.unlock();
    }
    link.wake();
  }

  @Override
  public void malformed(MalformedEncoding reason) {
    counts.malformed.increment();
    LOG.warn("stage {}: {} does not speak as a stage: {}", stage, label(), reason.getMessage());
    if (isOwnWire) {
      end();
    }
  }

  /// The sender has taken more than it was granted.
  void bar() {
    if (isOwnWire) {
      end();
      return;
    }
    lock.lock();
    try {
      isBarred = true;
      barredNanos = nanoTime.getAsLong();
      verdicts.clear();
    } finally {
      lock.unlock();
    }
    owner.onBarred(this);
  }

  /// Ends the link because of what its sender does.
  void end() {
    close();
    owner.onEnded(this);
  }

  @Override
  public void ended() {
    end();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      verdicts.clear();
    } finally {
      lock.unlock();
    }
    link.close();
  }
}
