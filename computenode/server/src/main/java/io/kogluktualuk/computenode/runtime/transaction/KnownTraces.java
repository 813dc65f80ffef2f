package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The nodes of the trace trie and the traces it leads to, with a memory of both.
///
/// Who has a node is remembered for [#REMEMBERED_NANOS] at most: the control plane forgets
/// entries that nobody claims, and what is entered below one that only this node remembers would
/// be found by nobody else. As often, those that led to an outcome are claimed again
/// ([#takeUseful]), so that what is of use is not forgotten there.
///
/// **Threading:** safe for any number of threads. **Bound:** [#STEPS_MAX] steps and [#NODES_MAX]
/// nodes are remembered; a trace of more than [#TRACE_BYTES_MAX] bytes is not followed.
final class KnownTraces {

  static final long TRACE_BYTES_MAX = 16L << 20;

  /// Some 50 MB: a user who changes now one file, now another of a large graph goes through the
  /// traces of all these changes.
  private static final int STEPS_MAX = 1 << 18;
  private static final int NODES_MAX = 1 << 16;

  static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final int USEFUL_MAX = 4_096;

  private final MemoIndex index;
  private final Recent<Outcome> outcomes;
  private final BlobStore blobs;
  private final Map<Hash, Hash> nodes = new ConcurrentHashMap<>();
  private final Map<Hash, KnownTrace> traces = new LinkedHashMap<>(64, 0.75f, true);
  private final LongSupplier nanoTime;
  private final Set<Hash> told = ConcurrentHashMap.newKeySet();
  private final Map<Hash, TraceClaim> useful = new ConcurrentHashMap<>();
  private volatile long rememberedSince;
  private long steps;

  /// @param nanoTime a clock that never goes back
  KnownTraces(MemoIndex index, Recent<Outcome> outcomes, BlobStore blobs, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.rememberedSince = nanoTime.getAsLong();
    this.index = index;
    this.outcomes = outcomes;
    this.blobs = blobs;
  }

  /// A transaction whose trace goes on from a node, or null when none is known to.
  @Nullable Hash at(Hash node) {
    Hash known = remembered(node);
    if (known == null) {
      known = index.traced(List.of(node)).get(node);
      if (known != null) {
        remember(node, known);
      }
    }
    return known;
  }

  /// The same, as far as it is remembered here.
  @Nullable Hash remembered(Hash node) {
    long now = nanoTime.getAsLong();
    if (now - rememberedSince > REMEMBERED_NANOS) {
      rememberedSince = now;
      nodes.clear();
      told.clear();
    }
    return nodes.get(node);
  }

  /// These have led to an outcome: unless they were claimed lately, they are to be claimed again.
  void wereOfUse(List<TraceEntry> entries) {
    for (TraceEntry entry : entries) {
      if (useful.size() < USEFUL_MAX && told.size() < NODES_MAX && told.add(entry.node())) {
        useful.put(entry.node(), new TraceClaim(entry, null));
      }
    }
  }

  /// What is to be claimed again.
  List<TraceClaim> takeUseful() {
    List<TraceClaim> taken = List.copyOf(useful.values());
    taken.forEach(claim -> useful.remove(claim.entry().node()));
    return taken;
  }

  /// Who has a node.
  void remember(Hash node, Hash key) {
    if (nodes.size() >= NODES_MAX) {
      nodes.clear();
    }
    nodes.put(node, key);
  }

  void remember(Hash key, KnownTrace known) {
    if (known.trace().steps().size() > STEPS_MAX) {
      return;
    }
    synchronized (traces) {
      if (traces.put(key, known) == null) {
        steps += known.trace().steps().size();
        Iterator<KnownTrace> eldest = traces.values().iterator();
        while (steps > STEPS_MAX) {
          steps -= eldest.next().trace().steps().size();
          eldest.remove();
        }
      }
    }
  }

  /// What is known of a transaction; null when not all of it can be had any more.
  @Nullable KnownTrace get(Hash key) {
    synchronized (traces) {
      KnownTrace known = traces.get(key);
      if (known != null) {
        return known;
      }
    }
    try {
      KnownTrace known = load(key);
      if (known != null) {
        remember(key, known);
      }
      return known;
    } catch (NotFound | MalformedEncoding _) {
      return null;
    }
  }

  private @Nullable KnownTrace load(Hash key) {
    Outcome outcome = outcomes.get(key);
    if (outcome == null) {
      outcome = index.lookup(List.of(key)).get(key);
    }
    if (outcome == null || outcome.trace().length() > TRACE_BYTES_MAX) {
      return null;
    }
    Transaction transaction = Transaction.decode(key.toHex(), blobs.get(key).toArray());
    Trace trace = Trace.decode(key.toHex(), read(outcome.trace()));
    return new KnownTrace(transaction.family(), outcome, trace);
  }

  private byte[] read(Ref ref) {
    byte[] bytes = new byte[(int) ref.length()];
    Content.open(blobs, ref).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
