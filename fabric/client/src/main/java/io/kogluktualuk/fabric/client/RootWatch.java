package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.AwaitRoot;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Hears of the changes of one root, in their order.
///
/// {@snippet file="Roots.java" region="watch"}
///
/// The latest change is always heard of. Those that somebody else's has followed before it was
/// asked for may be left out: what is heard of is what the root names, not its history. A root
/// that is taken away and set again in between is heard of as set, with its new revision.
///
/// A control node keeps the question until there is an answer, for [#PATIENCE]; nothing is asked
/// again and again meanwhile. When that node goes, another one is asked, with the revision that
/// was heard of last: nothing is missed.
///
/// **Threading:** any thread; each piece of news goes to one of those who wait. A virtual thread
/// of its own asks. **Ownership:** whoever has opened it closes it, before the session.
/// **Bound:** one piece of news; one call at a control node, which keeps 4,096 such: of more,
/// each is asked once in [#PAUSE]. **Errors:** while no control node answers, it waits; what will
/// not pass is thrown by [#next], such as [io.kogluktualuk.fabric.fault.Refused].
public final class RootWatch implements AutoCloseable {

  /// How long a control node keeps the question.
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Between questions that were answered at once, although nothing had changed, or not at all.
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private final ControlLink link;
  private final RootName name;
  private final Duration callTimeout;
  private final Thread asker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private @Nullable RootNews news;
  private @Nullable FabricException failure;
  private boolean isClosed;

  private RootWatch(ControlLink link, RootName name, long seenRevision, Duration callTimeout) {
    this.link = link;
    this.name = name;
    this.callTimeout = callTimeout;
    this.asker = Thread.ofVirtual().name("kog-root-watch").unstarted(() -> ask(seenRevision));
  }

  static RootWatch open(ControlLink link, RootName name, long seenRevision, Duration callTimeout) {
    RootWatch watch = new RootWatch(link, name, seenRevision, callTimeout);
    watch.asker.start();
    return watch;
  }

  /// What the root names, when that has changed since it was heard of last; waits for that.
  ///
  /// @throws AlreadyClosed when the watch is closed, also meanwhile
  public RootNews next() {
    while (true) {
      RootNews found = next(Duration.ofDays(1));
      if (found != null) {
        return found;
      }
    }
  }

  /// As [#next()], but waits no longer than this.
  ///
  /// @return null when nothing has changed by then
  public @Nullable RootNews next(Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (true) {
        if (isClosed) {
          throw new AlreadyClosed("the watch of root " + name + " is closed");
        }
        RootNews found = news;
        if (found != null) {
          news = null;
          return found;
        }
        if (failure != null) {
          throw failure;
        }
        if (left <= 0) {
          return null;
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while root " + name + " was watched", e);
    } finally {
      lock.unlock();
    }
  }

  private void ask(long seenRevision) {
    long seen = seenRevision;
    while (!Thread.currentThread().isInterrupted()) {
      long askedNanos = System.nanoTime();
      boolean isNew = false;
      try {
        RootNews found = askOnce(seen);
        isNew = found.revision() != seen;
        if (isNew) {
          seen = found.revision();
          tell(found, null);
        }
      } catch (FabricException e) {
        if (e.category() != FabricException.Category.RETRY) {
          tell(null, e);
          return;
        }
      }
      if (!isNew) {
        long pauseEnds = askedNanos + PAUSE.toNanos();
        LockSupport.parkNanos(pauseEnds - System.nanoTime());
      }
    }
  }

  private RootNews askOnce(long seen) {
    AwaitRoot question = new AwaitRoot(name, seen, PATIENCE.toMillis());
    Root found =
        link.callPatiently(
                ControlMethods.AWAIT_ROOT,
                question,
                PATIENCE,
                Deadline.after(PATIENCE.plus(callTimeout)))
            .value();
    return found == null
        ? new RootNews(name.path(), 0, null)
        : new RootNews(name.path(), found.revision(), found.ref());
  }

  private void tell(@Nullable RootNews found, @Nullable FabricException fault) {
    lock.lock();
    try {
      news = found == null ? news : found;
      failure = fault;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whoever waits hears that it is over.
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    asker.interrupt();
  }
}
