package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A log without replicas or disk that lets entries through one by one, and can fail.
///
/// **Threading:** safe for any number of threads.
final class GatedLog implements ReplicatedLog {

  private final StateMachine machine;
  private final Semaphore gate = new Semaphore(0);
  private final List<byte[]> entries = new ArrayList<>();
  private volatile @Nullable RuntimeException failure;

  GatedLog(StateMachine machine) {
    this.machine = machine;
  }

  /// Lets so many more entries through.
  void let(int count) {
    gate.release(count);
  }

  /// How many entries wait at the gate.
  int gateQueue() {
    return gate.getQueueLength();
  }

  /// @param reason null makes the log well again
  void failWith(@Nullable RuntimeException reason) {
    failure = reason;
  }

  synchronized List<byte[]> entries() {
    return List.copyOf(entries);
  }

  @Override
  public byte[] append(byte[] entry, Deadline deadline) {
    try {
      if (!gate.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded("the gate stayed shut");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    RuntimeException reason = failure;
    if (reason != null) {
      throw reason;
    }
    synchronized (this) {
      entries.add(entry);
      return machine.apply(entries.size(), entry);
    }
  }

  @Override
  public synchronized <T> T read(Supplier<T> query) {
    return query.get();
  }

  @Override
  public void barrier(Deadline deadline) {}

  @Override
  public LogStatus status() {
    throw new UnsupportedOperationException("not asked in these tests");
  }

  @Override
  public void snapshot(Deadline deadline) {
    throw new UnsupportedOperationException("not asked in these tests");
  }

  @Override
  public void close() {}
}
