package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.reader.NodeBlobs;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies blobs of this node to others, on the terms on which they are kept here, many at a time
/// and not faster than it may. A copy goes the way of every put, so it is verified on arrival.
///
/// **Threading:** one thread. **Bound:** [#BATCH_BYTES] or one blob on the heap. **Errors:** what
/// fails is logged and left out of the answer.
final class Copier {

  private static final Logger LOG = LoggerFactory.getLogger(Copier.class);

  /// Such batches hide the way there and back: each takes a few calls, however many blobs are in
  /// it.
  private static final long BATCH_BYTES = 1 << 20;

  private static final int BATCH_BLOBS = 64;

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private final String self;
  private final LocalBlobs local;
  private final NodeBlobs nodes;
  private final TokenBucket bandwidth;

  /// Nodes that did not answer in this round: they are left for the next one, so that a round does
  /// not wait for them once for each batch.
  private final Set<String> away = new HashSet<>();

  /// What the blobs of one put have in common.
  private record Terms(Retention retention, Account account, CopyAge age, boolean isPinned) {}

  /// @param self this node's id
  /// @param bytesPerSecond what copying may take of the network
  Copier(String self, LocalBlobs local, NodeBlobs nodes, long bytesPerSecond) {
    this.self = self;
    this.local = local;
    this.nodes = nodes;
    this.bandwidth = new TokenBucket(bytesPerSecond, System.nanoTime());
  }

  /// All nodes are asked again.
  void beginRound() {
    away.clear();
  }

  /// Copies blobs to one node.
  ///
  /// @param isDurable whether they have to be on that node's device then
  /// @return those that it has, as sources if that is what they are
  Set<Hash> copy(Collection<LocalBlob> blobs, String target, boolean isDurable)
      throws InterruptedException {
    Set<Hash> copied = new HashSet<>();
    for (Map.Entry<Terms, List<LocalBlob>> each : byTerms(blobs).entrySet()) {
      List<LocalBlob> alike = each.getValue();
      int from = 0;
      while (from < alike.size() && !away.contains(target)) {
        int to = end(alike, from);
        List<LocalBlob> batch = alike.subList(from, to);
        long bytes = batch.stream().mapToLong(LocalBlob::length).sum();
        TimeUnit.NANOSECONDS.sleep(bandwidth.take(bytes, System.nanoTime()));
        copied.addAll(copyBatch(each.getKey(), batch, target, isDurable));
        from = to;
      }
    }
    return copied;
  }

  private Map<Terms, List<LocalBlob>> byTerms(Collection<LocalBlob> blobs) {
    Map<Terms, List<LocalBlob>> alike = new LinkedHashMap<>();
    for (LocalBlob blob : blobs) {
      CopyAge age = local.copyAge(blob.hash());
      if (age != null) {
        Terms terms =
            new Terms(blob.retention(), blob.account(), age.roundedDown(), blob.isPinned());
        alike.computeIfAbsent(terms, _ -> new ArrayList<>()).add(blob);
      }
    }
    return alike;
  }

  private static int end(List<LocalBlob> blobs, int from) {
    int to = from;
    long bytes = 0;
    do {
      bytes += blobs.get(to).length();
      to++;
    } while (to < blobs.size()
        && to - from < BATCH_BLOBS
        && bytes + blobs.get(to).length() <= BATCH_BYTES);
    return to;
  }

  private Set<Hash> copyBatch(
      Terms terms, List<LocalBlob> batch, String target, boolean isDurable) {
    Deadline deadline = Deadline.after(CALL_MAX);
    try {
      return put(terms, read(batch, deadline), target, isDurable, deadline);
    } catch (FabricException e) {
      failed(batch.size() + " blobs", target, e);
      return Set.of();
    }
  }

  private List<Blob> read(List<LocalBlob> batch, Deadline deadline) {
    List<Hash> hashes = batch.stream().map(LocalBlob::hash).toList();
    Map<Hash, Blob> some = nodes.getSome(self, hashes, deadline);
    List<Blob> read = new ArrayList<>(some.values());
    for (Hash hash : hashes) {
      if (!some.containsKey(hash)) {
        try {
          read.add(nodes.get(self, hash, deadline));
        } catch (FabricException e) {
          LOG.debug("reading {} for a copy: {}", hash, e.getMessage());
        }
      }
    }
    return read;
  }

  /// A copy is kept as the blob is: as old, at the same account's cost, pinned if it is. Which pin
  /// it is has to be the present one, as a node refuses older ones; where a mark has not been
  /// finished, a blob that no root reaches any more may so stay until the next collection but one.
  private Set<Hash> put(
      Terms terms, List<Blob> blobs, String target, boolean isDurable, Deadline deadline) {
    PutPolicy kept =
        PutPolicy.source(1)
            .withRetention(terms.retention())
            .withAccount(terms.account())
            .copying(terms.age());
    PutPolicy policy = isDurable ? kept.durable() : kept;
    Map<Hash, FabricException> failed = nodes.put(target, blobs, policy, deadline);
    failed.forEach((hash, reason) -> failed(hash.toString(), target, reason));
    List<Hash> there =
        blobs.stream().map(Blob::hash).filter(hash -> !failed.containsKey(hash)).toList();
    return terms.isPinned() && !there.isEmpty()
        ? nodes.pin(target, local.generation(), there, deadline)
        : Set.copyOf(there);
  }

  private void failed(String what, String target, FabricException reason) {
    LOG.debug("copying {} to {}: {}", what, target, reason.getMessage());
    if (reason instanceof Unavailable || reason instanceof DeadlineExceeded) {
      away.add(target);
    }
  }

  /// Puts a blob that was damaged here where it was, on the terms that it had.
  boolean restore(LocalBlob blob, Blob bytes) {
    Terms terms = new Terms(blob.retention(), blob.account(), CopyAge.NEW, blob.isPinned());
    Deadline deadline = Deadline.after(CALL_MAX);
    return put(terms, List.of(bytes), self, false, deadline).contains(blob.hash());
  }
}
