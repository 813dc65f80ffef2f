package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Where a pipeline begins: what is sent here goes down all stages, as fast as they take it.
///
/// Sending waits for credits, so a source is as fast as the slowest stage allows. Envelopes are
/// counted from 0; a source that starts again and sends the same values with the same metadata in
/// the same order gives the same ids, and stages that still know them do nothing twice.
///
/// **Threading:** any number of threads. **Ownership:** closing it closes its links and gives up
/// what it holds; use [#drain] before. **Bound:** what the stages downstream grant.
public final class Source implements AutoCloseable {

  private final SourcePlan plan;
  private final Pipeline pipeline;
  private final Counts counts = new Counts();
  private final Outlets outlets;
  private final SetAsideStore aside;
  private final Branch.Listener downstream = new Downstream();
  private final Speakers speakers = new Speakers();
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong openBytes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private volatile boolean isClosed;

  Source(Pipeline pipeline, SourcePlan plan) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.aside = pipeline.setAsideStore(plan.name(), counts);
    this.outlets = pipeline.outlets(plan.name(), plan.outlets(), speakers, counts, downstream);
  }

  void start() {
    outlets.start();
  }

  public String name() {
    return plan.name();
  }

  /// Sends bytes: stored, or carried when they are few.
  ///
  /// @param patience how long to wait for credits
  /// @return the envelope's id
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when the stages downstream had no room in
  ///     time; nothing was sent
  public Hash send(MemorySegment bytes, Metadata metadata, Duration patience) {
    return send(Output.of(bytes, metadata), patience);
  }

  /// Sends bytes: stored, or carried when they are few.
  public Hash send(byte[] bytes, Metadata metadata, Duration patience) {
    return send(Output.of(bytes, metadata), patience);
  }

  /// Sends what is stored already.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when nobody has it
  public Hash send(Ref ref, Metadata metadata, Duration patience) {
    return send(Output.of(ref, metadata), patience);
  }

  /// Sends an output.
  public Hash send(Output output, Duration patience) {
    Deadline deadline = Deadline.after(patience);
    Outlets.Ready ready = outlets.prepare(null, next.getAndIncrement(), List.of(output)).getFirst();
    outlets.reserve(ready, deadline);
    long bytes = ready.envelope().chargeBytes();
    open.incrementAndGet();
    openBytes.addAndGet(bytes);
    outlets.sendReserved(ready, join(ready));
    speakers.wakeAll();
    return ready.envelope().id();
  }

  /// What all branches say, as one.
  private Consumer<Verdict> join(Outlets.Ready ready) {
    AtomicInteger branches = new AtomicInteger(ready.branches().size());
    AtomicReference<Verdict> worst = new AtomicReference<>(Verdict.DONE);
    return verdict -> {
      worst.accumulateAndGet(verdict, Verdict::and);
      if (branches.decrementAndGet() == 0) {
        ended(ready.envelope(), worst.get());
      }
    };
  }

  private void ended(Envelope envelope, Verdict verdict) {
    counts.done.increment();
    aside.settled(envelope.id());
    openBytes.addAndGet(-envelope.chargeBytes());
    plan.listener().accept(envelope, verdict);
    if (open.decrementAndGet() == 0) {
      lock.lock();
      try {
        idle.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Waits until everything that was sent is done.
  ///
  /// @return false when the patience was not enough
  public boolean drain(Duration patience) throws InterruptedException {
    Deadline deadline = Deadline.after(patience);
    lock.lock();
    try {
      while (open.get() > 0 && !deadline.hasPassed()) {
        idle.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      }
      return open.get() == 0;
    } finally {
      lock.unlock();
    }
  }

  private final class Downstream implements Branch.Listener {

    @Override
    public Verdict undeliverable(Branch branch, Envelope envelope, String reason) {
      return isClosed ? Verdict.dropped(reason) : aside.add(envelope, branch.name(), reason);
    }

    @Override
    public void onRoom() {
      // who sends waits at the branch
    }
  }

  /// How it stands. A source has no links upstream and no window.
  public StageSnapshot snapshot() {
    return StageSnapshot.of(
        name(),
        pipeline.nanoTime().getAsLong(),
        0,
        new Ledger.Grant(0, 0),
        new Ledger.Grant(open.get(), openBytes.get()),
        aside.size(),
        counts,
        outlets);
  }

  /// What it has set aside, because no stage would have it; oldest first.
  public List<SetAside> setAside() {
    return aside.all();
  }

  /// Sends an envelope again that was set aside. It is forgotten when it is done, or set aside
  /// once more.
  ///
  /// @throws NotFound when there is none with that id
  public void retry(Hash id) {
    SetAside one = aside.find(id);
    if (one == null) {
      throw new NotFound("source " + name() + " has set aside no envelope " + id);
    }
    outlets.retry(one, aside, plan.outlets().links().creditPatience());
    speakers.wakeAll();
  }

  /// Forgets an envelope that was set aside, and gives up its value.
  ///
  /// @return whether there was one
  public boolean forget(Hash id) {
    return aside.forget(id);
  }

  void tick(long nowNanos) {
    outlets.tick(nowNanos);
    aside.tick(nowNanos, this::retry);
  }

  @Override
  public void close() {
    isClosed = true;
    outlets.close();
    aside.close();
    pipeline.closed(this);
  }
}
