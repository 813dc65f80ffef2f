package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The place of one call of a connection: its request, who waits, its answer. Used again and again,
/// so that a call allocates nothing here.
///
/// The state word holds the call's id and its phase. Whoever brings an outcome first moves it from
/// `WAITING` to `FILLING` for that very id, so a late answer to an earlier call changes nothing.
///
/// **Threading:** the calling thread owns it; one thread brings the outcome and wakes it.
final class PendingCall {

  /// Ids have 48 bits: 10 for the place, 38 that count its uses. A ticket has the low 32.
  static final int PLACE_BITS = 10;

  static final int PLACES = 1 << PLACE_BITS;
  static final long ID_MASK = (1L << 48) - 1;

  /// A caller whose deadline is farther away parks without a timer, and is woken by [#poke] when it
  /// has come near: starting and stopping a timer costs as much as a call.
  static final long TIMER_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);

  private static final int PHASE_BITS = 2;
  private static final int PHASE = 3;
  private static final int IDLE = 0;
  private static final int WAITING = 1;
  private static final int FILLING = 2;
  private static final int DONE = 3;

  /// Requests and answers up to this length are kept in memory that stays.
  private static final int KEPT_BYTES_MAX = 4096;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(PendingCall.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int place;
  final CanonicalReader response = new CanonicalReader();
  final Frame frame = new Frame();

  /// The encoded request.
  CanonicalWriter request = new CanonicalWriter(Channel.MESSAGE_BYTES_MAX);

  /// The answer. Written before the phase is `DONE`, read after.
  byte[] answer = new byte[64];

  int answerLength;
  byte answerKind;
  int answerArgument;
  @Nullable String lossReason;

  private long id;
  private @Nullable Thread caller;
  private volatile long deadlineNanos;
  private volatile long state;

  PendingCall(int place) {
    this.place = place;
    this.id = place;
  }

  /// Begins a call by this thread; its id, which no other call of the connection has had.
  long begin() {
    caller = Thread.currentThread();
    lossReason = null;
    deadlineNanos = Long.MAX_VALUE;
    id = id + PLACES & ID_MASK;
    state = id << PHASE_BITS | WAITING;
    return id;
  }

  static int placeOf(int ticket) {
    return ticket & PLACES - 1;
  }

  /// Brings the answer; false when nobody waits for it any more.
  boolean answer(long to, Frame with) {
    if (!STATE.compareAndSet(this, to << PHASE_BITS | WAITING, to << PHASE_BITS | FILLING)) {
      return false;
    }
    if (answer.length < with.length) {
      answer = new byte[Math.max(with.length, Math.min(2 * answer.length, KEPT_BYTES_MAX))];
    }
    System.arraycopy(with.payload, with.offset, answer, 0, with.length);
    answerLength = with.length;
    answerKind = with.kind;
    answerArgument = with.argument;
    finish(to);
    return true;
  }

  /// The connection is gone.
  void lose(String reason) {
    long now = state;
    if ((now & PHASE) == WAITING && STATE.compareAndSet(this, now, now - WAITING + FILLING)) {
      lossReason = reason;
      finish(now >>> PHASE_BITS);
    }
  }

  private void finish(long of) {
    Thread waiting = caller;
    state = of << PHASE_BITS | DONE;
    LockSupport.unpark(waiting);
  }

  /// Waits for an outcome; false when the deadline has passed or the thread was interrupted, and
  /// no outcome will come any more.
  boolean await(Deadline deadline) {
    Thread self = Thread.currentThread();
    long left = deadline.remainingNanos();
    deadlineNanos = System.nanoTime() + left;
    while ((state & PHASE) != DONE) {
      if (left <= 0 || self.isInterrupted()) {
        return !withdraw();
      }
      if (left > TIMER_NANOS) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, left);
      }
      left = deadline.remainingNanos();
    }
    return true;
  }

  /// No outcome is wanted any more; false when one has come.
  private boolean withdraw() {
    if (STATE.compareAndSet(this, id << PHASE_BITS | WAITING, id << PHASE_BITS | IDLE)) {
      return true;
    }
    while ((state & PHASE) != DONE) {
      // Another thread is copying the answer.
      Thread.onSpinWait();
    }
    return false;
  }

  /// Wakes the caller when its deadline has come near, so that it looks at the time.
  void poke(long now) {
    Thread waiting = caller;
    if ((state & PHASE) == WAITING && deadlineNanos - now <= TIMER_NANOS) {
      LockSupport.unpark(waiting);
    }
  }

  /// The call has ended.
  void end() {
    state = id << PHASE_BITS | IDLE;
    caller = null;
    if (answer.length > KEPT_BYTES_MAX) {
      answer = new byte[64];
    }
    if (request.buffer().length > KEPT_BYTES_MAX) {
      request = new CanonicalWriter(Channel.MESSAGE_BYTES_MAX);
    }
  }
}
