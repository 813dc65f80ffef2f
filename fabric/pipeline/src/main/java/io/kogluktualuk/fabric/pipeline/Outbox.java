package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The sender's side of a link, without its threads: what has been sent and is not done.
///
/// The receiver grants a window: so many envelopes, and so many bytes that they stand for, may be
/// under way and not done. One envelope may always be, however long what it stands for. After a
/// break everything is sent again, in the old order, as far as the window allows: the receiver
/// knows the ids. So nothing is lost, and what is done twice is done by its hash.
///
/// An envelope that the receiver has had for longer than the patience, while it was there, is sent
/// again; after some times it is given up.
///
/// **Threading:** one thread at a time; its user's lock. Time is passed in.
/// **Bound:** the window, which the receiver grants and [#WINDOW_MAX] limits.
final class Outbox {

  /// Whatever a receiver grants, no more envelopes than this are kept.
  static final int WINDOW_MAX = 64 * 1024;

  /// One envelope that is not done.
  static final class Entry {

    private final Envelope envelope;
    private final List<Consumer<Verdict>> listeners = new ArrayList<>(1);
    private boolean isUnderWay;
    private boolean isQueued = true;
    private long sentNanos;
    private int sendings;

    Entry(Envelope envelope) {
      this.envelope = envelope;
    }

    Envelope envelope() {
      return envelope;
    }

    void tell(Verdict verdict) {
      listeners.forEach(each -> each.accept(verdict));
    }
  }

  private final long patienceNanos;
  private final int sendingsMax;
  private final Map<Hash, Entry> entries = new LinkedHashMap<>();
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private long keptBytes;
  private long reserved;
  private long reservedBytes;
  private long underWay;
  private long underWayBytes;
  private long windowEnvelopes;
  private long windowBytes;
  private boolean isAttached;
  private long incarnation;
  private long resent;

  /// @param patienceNanos how long the receiver may have an envelope before it is sent again
  /// @param sendingsMax how often an envelope is sent for want of an answer
  Outbox(long patienceNanos, int sendingsMax) {
    this.patienceNanos = patienceNanos;
    this.sendingsMax = sendingsMax;
  }

  /// Whether an envelope that stands for so many bytes may be added now.
  boolean hasRoom(long bytes) {
    long envelopes = entries.size() + reserved;
    return isAttached
        && envelopes < windowEnvelopes
        && (envelopes == 0 || keptBytes + reservedBytes + bytes <= windowBytes);
  }

  /// Keeps room that [#hasRoom] has found.
  void reserve(long bytes) {
    reserved++;
    reservedBytes += bytes;
  }

  void unreserve(long bytes) {
    reserved--;
    reservedBytes -= bytes;
  }

  /// Adds an envelope to be sent; or one more listener to an equal one.
  void add(Envelope envelope, Consumer<Verdict> listener) {
    Entry entry = entries.get(envelope.id());
    if (entry == null) {
      entry = new Entry(envelope);
      entries.put(envelope.id(), entry);
      keptBytes += envelope.chargeBytes();
      waiting.add(entry);
    }
    entry.listeners.add(listener);
  }

  boolean contains(Hash id) {
    return entries.containsKey(id);
  }

  /// The next to be sent, or null; it counts as sent once it was [#take]n.
  @Nullable Entry peek() {
    Entry next = waiting.peek();
    boolean fits =
        next != null
            && isAttached
            && underWay < windowEnvelopes
            && (underWay == 0 || underWayBytes + next.envelope.chargeBytes() <= windowBytes);
    // What the receiver may have already is no more than it has.
    fits |= next != null && isAttached && next.isUnderWay;
    return fits ? next : null;
  }

  void take(long nowNanos) {
    Entry entry = waiting.remove();
    entry.isQueued = false;
    entry.sentNanos = nowNanos;
    resent += entry.sendings > 0 ? 1 : 0;
    entry.sendings++;
    if (!entry.isUnderWay) {
      entry.isUnderWay = true;
      underWay++;
      underWayBytes += entry.envelope.chargeBytes();
    }
  }

  /// The receiver is there.
  ///
  /// @return whether it knows nothing of what was sent: it is another one, or there was a break
  boolean onHello(long whose) {
    boolean isNew = !isAttached || whose != incarnation;
    if (isAttached && isNew) {
      onBreak();
    }
    isAttached = true;
    incarnation = whose;
    return isNew;
  }

  /// What was sent may be lost.
  void onBreak() {
    isAttached = false;
    windowEnvelopes = 0;
    windowBytes = 0;
    waiting.clear();
    underWay = 0;
    underWayBytes = 0;
    for (Entry entry : entries.values()) {
      entry.isUnderWay = false;
      entry.isQueued = true;
      // Time with nobody there is nobody's fault.
      entry.sendings = Math.min(entry.sendings, 1);
      waiting.add(entry);
    }
  }

  void onCredit(long envelopes, long bytes) {
    windowEnvelopes = Math.min(envelopes, WINDOW_MAX);
    windowBytes = bytes;
  }

  /// What is done, or null when nobody here knows it.
  @Nullable Entry onDone(Hash id) {
    return remove(entries.get(id));
  }

  private @Nullable Entry remove(@Nullable Entry entry) {
    if (entry != null) {
      entries.remove(entry.envelope.id());
      keptBytes -= entry.envelope.chargeBytes();
      if (entry.isUnderWay) {
        underWay--;
        underWayBytes -= entry.envelope.chargeBytes();
      }
      if (entry.isQueued) {
        waiting.remove(entry);
      }
    }
    return entry;
  }

  /// Has those sent again that the receiver has had for too long.
  ///
  /// @return those that were sent often enough: they are given up
  List<Entry> overdue(long nowNanos) {
    List<Entry> late = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.isUnderWay && !entry.isQueued && nowNanos - entry.sentNanos > patienceNanos) {
        late.add(entry);
      }
    }
    List<Entry> givenUp = new ArrayList<>();
    for (Entry entry : late) {
      if (entry.sendings >= sendingsMax) {
        remove(entry);
        givenUp.add(entry);
      } else {
        entry.isQueued = true;
        waiting.addFirst(entry);
      }
    }
    return givenUp;
  }

  /// All that is left, which nobody will hear of any more.
  List<Entry> drain() {
    List<Entry> all = List.copyOf(entries.values());
    entries.clear();
    onBreak();
    keptBytes = 0;
    return all;
  }

  boolean isAttached() {
    return isAttached;
  }

  int size() {
    return entries.size();
  }

  long keptBytes() {
    return keptBytes;
  }

  long windowEnvelopes() {
    return windowEnvelopes;
  }

  long windowBytes() {
    return windowBytes;
  }

  /// How many more envelopes may be added.
  long freeEnvelopes() {
    return Math.max(0, windowEnvelopes - entries.size() - reserved);
  }

  long freeBytes() {
    return Math.max(0, windowBytes - keptBytes - reservedBytes);
  }

  long resent() {
    return resent;
  }
}
