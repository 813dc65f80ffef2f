package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Puts derived blobs and holds them: as long as it believes in a hold, the blob must be there.
///
/// The belief is asked before and after the read; a node whose disk a fault has destroyed is
/// excused.
///
/// **Threading:** one thread; [#excuse] any. **Ownership:** owns a session. **Bound:**
/// [#HELD_MAX].
final class HoldWork implements Work {

  private static final int HELD_MAX = 24;
  private static final Duration TTL = Duration.ofSeconds(6);

  /// Longer than a node that comes back takes to be heard; also how long it waits for credits.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final History history;
  private final Account account;
  private final ControlLink link;
  private final FabricBlobs blobs;
  private final Fabric fabric;
  private final Set<String> excused = ConcurrentHashMap.newKeySet();
  private final Set<String> nodes = new HashSet<>();
  private final List<Hash> held = new ArrayList<>();
  private Held scope;
  private boolean isShort;
  private volatile boolean hasMetLimit;

  HoldWork(
      List<InetSocketAddress> controls,
      Fabric fabric,
      RequestIds ids,
      History history,
      Account account) {
    this.history = history;
    this.account = account;
    this.fabric = fabric;
    this.link = ControlLink.open(controls);
    this.blobs =
        FabricBlobs.open(
            this::memoryNodes,
            ReaderSettings.defaults().withTimeout(PATIENCE).withBuffers(4, 2),
            new ControlLeases(link, "fault-suite", ids),
            new LeaseSettings(account, TTL, Duration.ofSeconds(2)));
    this.scope = blobs.leases().open();
  }

  private List<MemoryNode> memoryNodes() {
    // Also silent ones: what is there only for lack of a heartbeat is not gone.
    List<MemoryNode> members = MemoryNode.among(Operator.of(fabric).control().members().members());
    synchronized (nodes) {
      members.forEach(node -> nodes.add(node.id()));
    }
    return members;
  }

  /// From now on, what this node has lost counts as lost by the fault.
  void excuse(String nodeId) {
    excused.add(nodeId);
  }

  @Override
  public void once(RandomGenerator random) {
    if (held.size() == HELD_MAX) {
      letGo();
    }
    put(Blob.of(Mutations.randomBytes(random.nextInt(1, 48 << 10), random)));
    if (!held.isEmpty()) {
      check(held.get(random.nextInt(held.size())));
    }
  }

  private void put(Blob blob) {
    PutPolicy policy = PutPolicy.derived(0).withAccount(account);
    String hash = blob.hash().toHex();
    Object did =
        history.did(
            Step.Kind.HOLD,
            "put",
            hash,
            () -> {
              isShort = false;
              try {
                blobs.with(policy, scope).put(List.of(blob));
              } catch (OutOfCredits e) {
                isShort = true;
                hasMetLimit = true;
                throw e;
              }
              return "";
            });
    if (did != null) {
      held.add(blob.hash());
    } else if (isShort) {
      letGo(); // it is the only one who can end the shortage
    }
  }

  private void letGo() {
    held.clear();
    scope.close();
    scope = blobs.leases().open();
  }

  /// Whether the account's limit has kept it from putting something, or does so with a blob that
  /// is longer: a short scenario may not have come so far.
  boolean meetsLimit(long limitBytes, RandomGenerator random) {
    if (!hasMetLimit) {
      put(Blob.of(Mutations.randomBytes((int) limitBytes + 1, random)));
    }
    return hasMetLimit;
  }

  private void check(Hash hash) {
    Set<String> before = believed(hash);
    history.did(
        Step.Kind.HOLD,
        "read",
        hash.toHex(),
        () -> {
          try {
            return blobs.get(hash).hash().toHex();
          } catch (NotFound | Corruption e) {
            missing(hash, before, e);
            throw e;
          }
        });
  }

  private void missing(Hash hash, Set<String> before, FabricException e) {
    Set<String> still = believed(hash);
    still.retainAll(before);
    still.removeAll(excused);
    if (!still.isEmpty()) {
      history.violated("held " + hash.toHex() + " at " + still + " and not there: " + e);
    }
  }

  private Set<String> believed(Hash hash) {
    List<String> all;
    synchronized (nodes) {
      all = List.copyOf(nodes);
    }
    Set<String> holding = new HashSet<>();
    for (String node : all) {
      if (blobs.leases().promised(node).contains(hash)) {
        holding.add(node);
      }
    }
    return holding;
  }

  @Override
  public void close() {
    try (link;
        blobs) {
      scope.close();
    } catch (FabricException e) {
      history.did(
          Step.Kind.HOLD,
          "close",
          "",
          () -> {
            throw e;
          });
    }
  }
}
