package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Tells memory nodes which of their blobs have been read, since one-sided reads leave no trace
/// there: a sample of the reads, gathered for a moment, by a thread of its own.
///
/// A read pays for one random number and, for the few that are drawn, for an offer to a queue that
/// drops what it has no room for.
///
/// **Threading:** [#used] any thread, never waits. **Ownership:** owns the thread.
/// **Bound:** [#QUEUED_MAX] hints wait.
final class UseHints implements AutoCloseable {

  private static final int QUEUED_MAX = 4096;
  private static final Duration GATHERED = Duration.ofMillis(200);
  private static final Duration CALL_MAX = Duration.ofSeconds(2);

  private record Hint(String nodeId, Hash hash) {}

  private final NodeLinks links;
  private final int hintOf;
  private final ArrayBlockingQueue<Hint> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
  private final LongAdder told = new LongAdder();
  private final Thread thread;
  private volatile boolean isClosed;

  /// @param hintOf see [ReaderSettings]
  UseHints(NodeLinks links, int hintOf) {
    this.links = links;
    this.hintOf = hintOf;
    this.thread = Thread.ofPlatform().daemon().name("blob-use-hints").unstarted(this::run);
    thread.start();
  }

  /// A blob has been read from a node.
  void used(Hash hash, String nodeId) {
    // Drawn at random: a counter would go in step with programs that read the same things in turn.
    if (hintOf > 0 && (ThreadLocalRandom.current().nextInt() & (hintOf - 1)) == 0) {
      queue.offer(new Hint(nodeId, hash));
    }
  }

  /// How many hints nodes have been told.
  long told() {
    return told.sum();
  }

  private void run() {
    List<Hint> gathered = new ArrayList<>();
    while (!isClosed) {
      try {
        gathered.add(queue.take());
        TimeUnit.NANOSECONDS.sleep(GATHERED.toNanos());
      } catch (InterruptedException e) {
        return;
      }
      queue.drainTo(gathered);
      Map<String, List<Hash>> byNode = new HashMap<>();
      for (Hint hint : gathered) {
        byNode.computeIfAbsent(hint.nodeId(), _ -> new ArrayList<>()).add(hint.hash());
      }
      byNode.forEach(this::tell);
      gathered.clear();
    }
  }

  private void tell(String nodeId, List<Hash> hashes) {
    try {
      NodeLink link = links.to(nodeId);
      for (int from = 0; link != null && from < hashes.size(); from += MemoryCalls.ITEMS_MAX) {
        List<Hash> batch =
            hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
        Deadline deadline = Deadline.after(CALL_MAX);
        link.use(deadline, session -> touch(session, batch, deadline));
        told.add(batch.size());
      }
    } catch (FabricException e) {
      // A hint that nobody hears does no harm.
    }
  }

  /// A node that does not take hints is no reason to connect anew.
  private static boolean touch(Session session, List<Hash> batch, Deadline deadline) {
    try {
      session.touch(batch, deadline);
      return true;
    } catch (Refused e) {
      return false;
    }
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    try {
      TimeUnit.SECONDS.timedJoin(thread, 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
