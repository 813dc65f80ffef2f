package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.NodeDescription;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The way to one memory node: connects when it is first needed, again after a loss, and not too
/// often while the node is away.
///
/// **Threading:** any thread; one connects at a time, the others wait for it.
/// **Ownership:** owns the session.
final class NodeLink implements AutoCloseable {

  private volatile MemoryNode node;
  private final ReaderSettings settings;
  private final Tally tally;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable Session session;
  private volatile @Nullable Away away;
  private volatile boolean closed;

  private record Away(long untilNanos, String reason, boolean isRefusal) {}

  /// Something to do with a session.
  interface Use<R> {
    R with(Session session);
  }

  NodeLink(MemoryNode node, ReaderSettings settings, Tally tally) {
    this.node = node;
    this.settings = settings;
    this.tally = tally;
  }

  MemoryNode node() {
    return node;
  }

  /// The node is the same, and perhaps in another state.
  void became(MemoryNode same) {
    node = same;
  }

  /// The connection as it is now: another one may lead to another run of the node.
  @Nullable Session connection() {
    return session;
  }

  /// Runs something with a live session. When the node denies an access, its keys are asked for
  /// again, because it renews them from time to time, and everything is run once more. When the
  /// connection turns out to be lost, or to lead to an earlier run of the node, it is dropped;
  /// and if this call found it open, everything is run once more over a new one. So `use` may run
  /// three times, and must be harmless to repeat. A thread that is interrupted meanwhile does not
  /// try again.
  <R> R use(Deadline deadline, Use<R> use) {
    Session found = session;
    if (found != null) {
      try {
        return withKnownOrRenewedKeys(found, deadline, use);
      } catch (Unavailable | AlreadyClosed | Refused e) {
        drop(found);
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // On with a new one.
      } catch (MalformedEncoding | DeadlineExceeded e) {
        drop(found);
        throw e;
      }
    }
    Session fresh = connect(deadline);
    try {
      return use.with(fresh);
    } catch (Unavailable | AlreadyClosed | Refused | MalformedEncoding | DeadlineExceeded e) {
      drop(fresh);
      throw e;
    }
  }

  private static <R> R withKnownOrRenewedKeys(Session found, Deadline deadline, Use<R> use) {
    NodeDescription known = found.description();
    try {
      return use.with(found);
    } catch (Refused e) {
      found.renew(known, deadline);
      return use.with(found);
    }
  }

  /// Asks anew what the node has, because what was read there was wrong: what is known may be that
  /// of an earlier run of the node.
  void renew(Deadline deadline) {
    try {
      use(deadline, session -> session.describeAgain(deadline));
    } catch (FabricException e) {
      // The link is down now; whoever uses it next hears why.
    }
  }

  private Session connect(Deadline deadline) {
    checkNotAway();
    lock(deadline);
    try {
      Session live = session;
      if (live != null) {
        return live;
      }
      checkNotAway();
      if (closed) {
        throw new AlreadyClosed("the link to memory node " + node.id() + " is closed");
      }
      live =
          Session.open(
              node,
              settings.tenant(),
              settings.security(),
              sooner(deadline, settings.connectMax()),
              tally);
      session = live;
      away = null;
      return live;
    } catch (Unavailable | DeadlineExceeded | Refused e) {
      if (!Thread.currentThread().isInterrupted()) {
        away =
            new Away(
                System.nanoTime() + settings.away().toNanos(),
                String.valueOf(e.getMessage()),
                e instanceof Refused);
      }
      // To be refused is no reason to try again: whoever asked hears it.
      throw e instanceof Refused
          ? new Refused(describe() + " refuses: " + e.getMessage(), e)
          : new Unavailable(describe() + " does not answer: " + e.getMessage(), e);
    } finally {
      connecting.unlock();
    }
  }

  private void checkNotAway() {
    Away gone = away;
    if (gone != null && session == null && gone.untilNanos() - System.nanoTime() > 0) {
      throw gone.isRefusal()
          ? new Refused(describe() + " refuses: " + gone.reason())
          : new Unavailable(describe() + " is away: " + gone.reason());
    }
  }

  private void lock(Deadline deadline) {
    try {
      if (!connecting.tryLock(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded(describe() + ": no connection in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable(describe() + ": interrupted while connecting", e);
    }
  }

  static Deadline sooner(Deadline deadline, Duration longest) {
    return deadline.remaining().compareTo(longest) < 0 ? deadline : Deadline.after(longest);
  }

  private void drop(Session broken) {
    connecting.lock();
    try {
      if (session == broken) {
        session = null;
        broken.close();
      }
    } finally {
      connecting.unlock();
    }
  }

  private String describe() {
    return "memory node " + node.id() + " at " + node.address();
  }

  @Override
  public void close() {
    connecting.lock();
    try {
      closed = true;
      Session live = session;
      session = null;
      if (live != null) {
        live.close();
      }
    } finally {
      connecting.unlock();
    }
  }
}
