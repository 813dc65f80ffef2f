package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where the user of one completion channel sleeps, and what its peers ring.
///
/// ```
/// byte 0        4         8                16               64
///      +---------+---------+----------------+----------------+
///      | rings   | asleep  | nonce (8 B)    | unused         |
///      +---------+---------+----------------+----------------+
/// ```
///
/// The sleeper sets `asleep`, looks once more for work, and sleeps while `rings` keeps its value.
/// A peer publishes work first and then takes `asleep` down; only who took it down rings, so work
/// that arrives while the sleeper is awake costs one load. Both sides have a full fence between
/// their write and their read, so at least one of them sees the other.
///
/// **Threading:** any thread rings; one thread at a time sleeps (the channel sees to that).
final class Doorbell implements AutoCloseable {

  static final int BYTES = 64;

  static final int NOT_ASLEEP = 0;

  /// Asleep for a short while: completions that can wait do not ring.
  static final int DOZING = 1;

  static final int ASLEEP = 2;

  private static final long RINGS = 0;
  private static final long SLEEP_STATE = 4;
  static final long NONCE = 8;

  static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final SharedFile file;
  private final MemorySegment word;
  private final MemorySegment timespec;
  private final ReentrantLock turn = new ReentrantLock();
  private final Condition rung = turn.newCondition();

  private Doorbell(SharedFile file, MemorySegment timespec) {
    this.file = file;
    this.word = file.segment();
    this.timespec = timespec;
  }

  static Doorbell create(long nonce) throws IOException {
    // Threads that finish a work request may ring at any time, even after the channel was closed:
    // the collector unmaps these 64 bytes when nobody can. They are not registered memory.
    Arena arena = Arena.ofAuto();
    SharedFile file = SharedFile.create(BYTES, arena);
    file.segment().set(ValueLayout.JAVA_LONG, NONCE, nonce);
    return new Doorbell(file, Futex.timespec(arena));
  }

  String token() {
    return file.token();
  }

  long nonce() {
    return word.get(ValueLayout.JAVA_LONG, NONCE);
  }

  /// Tells peers that this side is about to sleep. The caller then looks for work once more.
  int prepare(boolean dozing) {
    int before = (int) INT.getVolatile(word, RINGS);
    INT.setVolatile(word, SLEEP_STATE, dozing ? DOZING : ASLEEP);
    VarHandle.fullFence();
    return before;
  }

  void awake() {
    INT.setVolatile(word, SLEEP_STATE, NOT_ASLEEP);
  }

  /// Sleeps until rung since [#prepare] returned `before`, or for `nanos`.
  void sleep(int before, long nanos) {
    if (Futex.isAvailable()) {
      Futex.sleep(word, before, nanos, timespec);
      return;
    }
    turn.lock();
    try {
      if ((int) INT.getVolatile(word, RINGS) == before) {
        // The caller looks again whatever the reason for the return was.
        long left = rung.awaitNanos(nanos);
        assert left <= nanos;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      turn.unlock();
    }
  }

  /// Wakes the sleeper of this process, if there is one.
  void ring() {
    VarHandle.fullFence();
    if (answer(word)) {
      wakeHere();
    }
  }

  /// Wakes the sleeper only if it sleeps for long.
  void ringIfAsleep() {
    VarHandle.fullFence();
    if ((int) INT.getVolatile(word, SLEEP_STATE) == ASLEEP && answer(word)) {
      wakeHere();
    }
  }

  /// Wakes after a peer has taken `asleep` down itself.
  void wakeHere() {
    if (Futex.isAvailable()) {
      Futex.wake(word);
      return;
    }
    turn.lock();
    try {
      rung.signalAll();
    } finally {
      turn.unlock();
    }
  }

  /// Takes `asleep` down; true for the one caller that did, who must wake the sleeper.
  static boolean answer(MemorySegment word) {
    int state = (int) INT.getVolatile(word, SLEEP_STATE);
    if (state == NOT_ASLEEP || !INT.compareAndSet(word, SLEEP_STATE, state, NOT_ASLEEP)) {
      return false;
    }
    INT.getAndAdd(word, RINGS, 1);
    return true;
  }

  @Override
  public void close() {
    file.close();
  }
}
