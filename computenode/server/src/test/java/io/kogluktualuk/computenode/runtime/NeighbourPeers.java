package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.runtime.transaction.Engine;
import io.kogluktualuk.computenode.runtime.transaction.Peer;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One other engine in the same process, with a number of slots, that can die.
///
/// **Threading:** safe for any number of threads.
final class NeighbourPeers implements Peers, Peer {

  final AtomicInteger executed = new AtomicInteger();
  private final int slots;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile @Nullable Engine engine;
  private volatile int deadAfter = Integer.MAX_VALUE;
  private volatile Runnable onRoom = () -> {};

  /// Run before each execution, on its thread.
  volatile Runnable beforeExecution = () -> {};

  /// How often it was told to give up a run, and a transaction.
  final AtomicInteger cancelled = new AtomicInteger();

  final AtomicInteger dropped = new AtomicInteger();

  /// How often it was told who waits for what.
  final AtomicInteger told = new AtomicInteger();

  NeighbourPeers(int slots) {
    this.slots = slots;
  }

  void set(Engine other) {
    engine = other;
    onRoom.run();
  }

  /// Lets it die in the middle of a call, after so many calls.
  void dieAfter(int calls) {
    deadAfter = calls;
  }

  @Override
  public @Nullable Peer tryTake() {
    if (engine == null) {
      return null;
    }
    if (taken.incrementAndGet() <= slots) {
      return this;
    }
    taken.decrementAndGet();
    return null;
  }

  @Override
  public boolean hasRoom() {
    return engine != null && taken.get() < slots;
  }

  @Override
  public void release(Peer peer, boolean hadRoom) {
    taken.decrementAndGet();
    if (hadRoom) {
      onRoom.run();
    } else if (executed.get() > deadAfter) {
      engine = null;
    }
  }

  @Override
  public void onRoom(Runnable listener) {
    onRoom = listener;
  }

  @Override
  public String name() {
    return "neighbour";
  }

  private Engine engine() {
    Engine current = engine;
    if (current == null) {
      throw new Unavailable("the neighbour is gone");
    }
    return current;
  }

  @Override
  public ExecuteReply execute(ExecuteRequest request, Deadline deadline) {
    beforeExecution.run();
    ExecuteReply reply = engine().execute(request);
    if (executed.incrementAndGet() > deadAfter) {
      throw new Unavailable("the neighbour died before it could answer");
    }
    return reply;
  }

  @Override
  public void tell(WaitNews news) {
    told.incrementAndGet();
    engine().learn(news);
  }

  @Override
  public Progress progress(RunId run) {
    return engine().progress(run, true);
  }

  @Override
  public Progress share(RunId run) {
    return engine().share(run);
  }

  @Override
  public void drop(HandedOver handed) {
    dropped.incrementAndGet();
    engine().drop(handed);
  }

  @Override
  public Collection<Peer> all() {
    return engine == null ? List.of() : List.of(this);
  }

  @Override
  public void cancel(RunId run) {
    cancelled.incrementAndGet();
    engine().cancel(run);
  }
}
