package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.model.ControlEntry;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Group commit: while one entry is being agreed on, proposals gather; the next entry takes them
/// all.
///
/// A lone caller has its entry agreed on by its own thread, waits for it and no longer; a crowd
/// shares entries, which an own thread proposes. How many entries are in flight is measured in
/// decision 0033; commands of one call are in one entry, in their order.
///
/// **Threading:** [#propose] from any thread; one own thread for each entry in flight.
/// **Bound:** [#WAITING_MAX] calls wait; further ones wait for a place until their deadline.
final class Proposer implements AutoCloseable {

  static final int WAITING_MAX = 4096;
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private record Call(List<Proposal> proposals, int bytes, CompletableFuture<List<Reply>> replies) {

    static Call of(List<Proposal> proposals) {
      int bytes = proposals.stream().mapToInt(Proposal::encodedBytesMax).sum();
      return new Call(List.copyOf(proposals), bytes, new CompletableFuture<>());
    }
  }

  private final ReplicatedLog log;
  private final InstantSource clock;
  private final Duration commitTimeout;
  private final Histogram batches = Histogram.ofCounts();
  private final BlockingQueue<Call> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final List<Thread> threads = new ArrayList<>();
  private final int entriesMax;

  /// A permit for each entry that may be in flight.
  private final Semaphore flights;

  /// Calls that are out of the queue and wait for a permit.
  private final AtomicInteger held = new AtomicInteger();

  /// How many calls shared the last entry. Where it was a crowd they come back together, and the
  /// first of them is not to hurry ahead with an entry of its own.
  private volatile int callsInLast;

  private volatile boolean isClosed;

  /// @param entriesMax how many entries may be in flight
  Proposer(ReplicatedLog log, InstantSource clock, Duration commitTimeout, int entriesMax) {
    this.log = log;
    this.clock = clock;
    this.commitTimeout = commitTimeout;
    this.entriesMax = entriesMax;
    this.flights = new Semaphore(entriesMax);
    for (int i = 0; i < entriesMax; i++) {
      threads.add(Thread.ofPlatform().daemon().name("control-proposer-" + i).unstarted(this::run));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /// Has commands agreed on in this order, though others may come between.
  ///
  /// @return what became of each
  List<Reply> propose(List<Proposal> proposals, Deadline deadline) {
    Call call = Call.of(proposals);
    if (call.bytes > ReplicatedLog.ENTRY_BYTES_MAX - ControlEntry.HEADER_BYTES_MAX
        || proposals.size() > ControlEntry.PROPOSALS_MAX) {
      throw new IllegalArgumentException(
          proposals.size() + " proposals of " + call.bytes + " bytes in one call");
    }
    if (!isClosed && waiting.isEmpty() && callsInLast <= 1 && flights.tryAcquire()) {
      return commitAlone(proposals, deadline);
    }
    try {
      if (isClosed || !waiting.offer(call, deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        throw isClosed
            ? closed()
            : new DeadlineExceeded("the log is too busy; nothing was proposed");
      }
      if (isClosed) {
        drain(closed()); // the threads may have drained before this call came
      }
      return call.replies.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceeded("the proposal was not agreed on in time; its outcome is open", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted; the outcome of the proposal is open", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /// Has the commands of one call agreed on by this thread, which saves waking another twice.
  private List<Reply> commitAlone(List<Proposal> proposals, Deadline deadline) {
    try {
      long nanos = Math.min(commitTimeout.toNanos(), Math.max(0, deadline.remainingNanos()));
      return append(proposals, Deadline.after(Duration.ofNanos(nanos)));
    } catch (FabricException e) {
      throw e;
    } catch (RuntimeException e) { // as for those who share an entry
      throw failure(e);
    } finally {
      flights.release();
    }
  }

  /// How many commands each entry had.
  Distribution batches() {
    return batches.read();
  }

  /// How many calls wait behind the entries in flight.
  int waiting() {
    return waiting.size() + held.get();
  }

  boolean isClosed() {
    return isClosed;
  }

  /// Lets the entries in flight end; whoever waits behind them is told.
  @Override
  public void close() {
    isClosed = true;
    // Wakes the threads; when there is no place, other calls do.
    threads.forEach(_ -> waiting.offer(Call.of(List.of())));
    try {
      Deadline end = Deadline.after(commitTimeout.plus(CLOSE_GRACE));
      for (Thread thread : threads) {
        if (!thread.join(end.remaining())) {
          thread.interrupt();
        }
      }
      // Those that callers have in flight themselves; who proposes late finds the log closed.
      if (flights.tryAcquire(entriesMax, end.remainingNanos(), TimeUnit.NANOSECONDS)) {
        flights.release(entriesMax);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    drain(closed());
  }

  private void run() {
    List<Call> calls = new ArrayList<>();
    Call next = null;
    try {
      while (!isClosed) {
        Call first = next != null ? next : waiting.take();
        next = null;
        calls.add(first); // from here on it is told when this ends
        awaitFlight();
        try {
          next = gather(first, calls);
          if (!isClosed) {
            commit(calls);
            calls.clear();
          }
        } finally {
          flights.release();
        }
      }
    } catch (InterruptedException _) {
      // Only close interrupts.
    }
    calls.forEach(call -> call.replies.completeExceptionally(closed()));
    if (next != null) {
      next.replies.completeExceptionally(closed());
    }
    drain(closed());
  }

  private void awaitFlight() throws InterruptedException {
    held.incrementAndGet();
    try {
      flights.acquire();
    } finally {
      held.decrementAndGet();
    }
  }

  /// Takes what waits and fits behind the first call.
  ///
  /// @return the call that did not fit any more, or null
  private @Nullable Call gather(Call first, List<Call> calls) {
    int bytes = ControlEntry.HEADER_BYTES_MAX + first.bytes;
    int proposals = first.proposals.size();
    for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
      bytes += call.bytes;
      proposals += call.proposals.size();
      if (bytes > ReplicatedLog.ENTRY_BYTES_MAX || proposals > ControlEntry.PROPOSALS_MAX) {
        return call;
      }
      calls.add(call);
    }
    return null;
  }

  private void commit(List<Call> calls) {
    callsInLast = calls.size();
    List<Proposal> proposals = new ArrayList<>();
    calls.forEach(call -> proposals.addAll(call.proposals));
    try {
      List<Reply> replies = append(proposals, Deadline.after(commitTimeout));
      int from = 0;
      for (Call call : calls) {
        int to = from + call.proposals.size();
        call.replies.complete(List.copyOf(replies.subList(from, to)));
        from = to;
      }
    } catch (RuntimeException e) { // each caller gets it; this thread must live
      calls.forEach(call -> call.replies.completeExceptionally(e));
    }
  }

  private List<Reply> append(List<Proposal> proposals, Deadline deadline) {
    batches.add(proposals.size());
    byte[] entry = new ControlEntry(clock.millis(), proposals).toBytes();
    return Reply.decode(log.append(entry, deadline));
  }

  private void drain(FabricException reason) {
    for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
      call.replies.completeExceptionally(reason);
    }
  }

  /// The same fault for this caller; others have it too, so it is not thrown itself.
  private static FabricException failure(@Nullable Throwable cause) {
    return cause instanceof FabricException fault
        ? FabricException.ofTag(fault.tag(), String.valueOf(fault.getMessage()))
        : new Unavailable("the proposal failed; its outcome is open: " + cause, cause);
  }

  private static AlreadyClosed closed() {
    return new AlreadyClosed("the control node is closed");
  }
}
