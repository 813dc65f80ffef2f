package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.credit.CreditLedger;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What goes out on one connection.
///
/// Entries are collected in one open message. It is posted at once when there is a credit and
/// nobody is posting; otherwise whoever posts, or whoever brings a credit, takes it along with
/// all that has come together in it. So a busy connection sends few messages of many entries, and
/// an idle one sends each without delay.
///
/// **Threading:** any thread. One thread posts at a time, without the lock. Callers that find no
/// room wait first come, first served. Uncontended use allocates nothing.
/// **Bound:** the messages of the connection; entries beyond them wait in their callers.
final class Outbox {

  /// No room came before the deadline.
  static final long NO_ROOM = -1;

  /// The connection is over; the entry was not sent.
  static final long GONE = -2;

  private static final int OFFSET_BITS = 20;
  private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;

  /// Sends a message, or sees to it that the connection ends.
  interface Poster {
    void post(MessageBuffers.Outgoing message);
  }

  private record Waiter(int bytes, Condition turn) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final CreditLedger credits;
  private final RpcStatistics statistics;
  private final MessageBuffers.Outgoing[] free;
  private final Frame control = new Frame();
  private final Poster poster;
  private MessageBuffers.@Nullable Outgoing open;
  private int freeCount;
  private int openEntries;

  /// The number of the open message; those below have been posted.
  private long number;

  /// Since when the open message has waited for a credit; 0 when it does not.
  private long blockedSince;

  private boolean isPosting;
  private boolean isGone;

  Outbox(int window, RpcStatistics statistics, Poster poster) {
    this.credits = new CreditLedger(window);
    this.statistics = statistics;
    this.poster = poster;
    this.free = new MessageBuffers.Outgoing[window + CreditLedger.CONTROL_MAX];
  }

  /// Adds an entry, waiting for room until the deadline.
  ///
  /// @return its place for [#isSent] and [#withdraw]; [#NO_ROOM], [#GONE]
  long add(Frame entry, int ticket, Deadline deadline) throws InterruptedException {
    lock.lock();
    try {
      if (!isRoomFor(entry.bytes()) || !waiters.isEmpty()) {
        awaitRoom(entry.bytes(), deadline);
      }
      if (isGone) {
        return GONE;
      }
      if (!isRoomFor(entry.bytes())) {
        return NO_ROOM;
      }
      long place = append(entry, ticket);
      flushLocked();
      return place;
    } finally {
      wakeFirst();
      lock.unlock();
    }
  }

  /// Adds an entry if there is room now, without posting it: [#flush] is due afterwards.
  boolean addNow(Frame entry, int ticket) {
    lock.lock();
    try {
      if (isGone || !waiters.isEmpty() || !isRoomFor(entry.bytes())) {
        return isGone;
      }
      long place = append(entry, ticket);
      assert place >= 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isRoomFor(int bytes) {
    return open != null && open.bytes.remaining() >= bytes;
  }

  private void awaitRoom(int bytes, Deadline deadline) throws InterruptedException {
    Waiter self = new Waiter(bytes, lock.newCondition());
    long begun = System.nanoTime();
    waiters.addLast(self);
    try {
      long left = deadline.remainingNanos();
      while (!isGone && left > 0 && !(waiters.peekFirst() == self && isRoomFor(bytes))) {
        left = self.turn.awaitNanos(left);
      }
    } finally {
      waiters.remove(self);
      statistics.creditWait().add(System.nanoTime() - begun);
    }
  }

  private void wakeFirst() {
    Waiter first = waiters.peekFirst();
    if (first != null && (isGone || isRoomFor(first.bytes()))) {
      first.turn().signal();
    }
  }

  private long append(Frame entry, int ticket) {
    MessageBuffers.Outgoing to = Objects.requireNonNull(open);
    int offset = to.bytes.position();
    to.bytes.putInt(ticket);
    int written = entry.write(to.bytes);
    assert written == entry.bytes() - Integer.BYTES;
    openEntries++;
    return number << OFFSET_BITS | offset;
  }

  /// Whether the peer may have seen an entry.
  boolean isSent(long place) {
    lock.lock();
    try {
      return place >>> OFFSET_BITS < number;
    } finally {
      lock.unlock();
    }
  }

  /// Takes an entry back; false when it has been sent.
  boolean withdraw(long place) {
    lock.lock();
    try {
      if (place >>> OFFSET_BITS < number || open == null) {
        return false;
      }
      open.bytes.put((int) (place & OFFSET_MASK) + Frame.KIND_AT, Frame.WITHDRAWN);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Posts what can be posted, unless another thread is at it: that one looks again.
  void flush() {
    lock.lock();
    try {
      flushLocked();
      wakeFirst();
    } finally {
      lock.unlock();
    }
  }

  private void flushLocked() {
    if (isPosting) {
      return;
    }
    isPosting = true;
    try {
      MessageBuffers.Outgoing next = next();
      while (next != null) {
        lock.unlock();
        try {
          poster.post(next);
        } finally {
          lock.lock();
        }
        next = next();
      }
    } finally {
      isPosting = false;
    }
  }

  private MessageBuffers.@Nullable Outgoing next() {
    if (isGone) {
      return null;
    }
    MessageBuffers.Outgoing data = open;
    if (data != null && openEntries > 0) {
      if (credits.available() > 0) {
        return nextData(data);
      }
      if (blockedSince == 0) {
        blockedSince = System.nanoTime();
      }
    }
    int due = credits.controlDue();
    return due == 0 ? null : nextControl(due);
  }

  private MessageBuffers.Outgoing nextData(MessageBuffers.Outgoing data) {
    data.bytes.putInt(Frame.TAKEN_AT, credits.onData());
    statistics.messagesSent().increment();
    number++;
    openEntries = 0;
    open = freeCount == 0 ? null : free[--freeCount];
    if (blockedSince != 0) {
      statistics.creditWait().add(System.nanoTime() - blockedSince);
      blockedSince = 0;
    }
    wakeFirst();
    return data;
  }

  private MessageBuffers.@Nullable Outgoing nextControl(int due) {
    MessageBuffers.Outgoing message;
    if (freeCount > 0) {
      message = free[--freeCount];
    } else if (open != null && openEntries == 0) {
      message = open;
      open = null;
    } else {
      // A send completes soon, and then this is called again.
      return null;
    }
    control.of(Frame.CONTROL, (short) 0, due, 0);
    control.taken = credits.onControl(due);
    message.bytes.putInt(0);
    int written = control.write(message.bytes);
    assert written == Frame.HEADER_BYTES;
    statistics.controlMessagesSent().increment();
    return message;
  }

  /// A message can be used (again): its send has completed. [#flush] is due afterwards.
  void onFree(MessageBuffers.Outgoing message) {
    lock.lock();
    try {
      message.reset();
      if (open == null) {
        open = message;
      } else {
        free[freeCount++] = message;
      }
    } finally {
      lock.unlock();
    }
  }

  /// A message has arrived and its RECV was replaced. [#flush] is due afterwards.
  ///
  /// @param content what a control message says, 0 in a data message
  /// @return whether the peer keeps the rules
  boolean onArrived(boolean isControl, int content, int takenThere) {
    lock.lock();
    try {
      return isControl
          ? credits.onControlArrived(content, takenThere)
          : credits.onDataArrived(takenThere);
    } finally {
      lock.unlock();
    }
  }

  /// Sends a ping; false when the last one has not been answered yet.
  boolean ping() {
    lock.lock();
    try {
      boolean isWanted = credits.wantPing();
      if (isWanted) {
        flushLocked();
      }
      return isWanted;
    } finally {
      lock.unlock();
    }
  }

  /// Ends it: whoever waits, now or later, is told.
  void abandon() {
    lock.lock();
    try {
      isGone = true;
      waiters.forEach(waiter -> waiter.turn().signal());
    } finally {
      lock.unlock();
    }
  }

  int creditsAvailable() {
    lock.lock();
    try {
      return credits.available();
    } finally {
      lock.unlock();
    }
  }

  /// Callers and answers that wait for credits.
  int waiting() {
    lock.lock();
    try {
      return waiters.size() + (blockedSince == 0 ? 0 : openEntries);
    } finally {
      lock.unlock();
    }
  }

  /// How long the longest waiting entry has waited, in nanoseconds.
  long blockedNanos() {
    lock.lock();
    try {
      return blockedSince == 0 ? 0 : Math.max(0, System.nanoTime() - blockedSince);
    } finally {
      lock.unlock();
    }
  }
}
