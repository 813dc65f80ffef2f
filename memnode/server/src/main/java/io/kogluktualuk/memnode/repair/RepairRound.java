package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.NodeBlobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// One look at local blobs: asks the other nodes' indexes, copies what is missing there, and
/// gives up what is one copy too many.
///
/// **Threading:** one thread. **Bound:** a page of blobs at a time.
final class RepairRound {

  /// A few large reads of each index; the store's lock is held for moments only.
  private static final int PAGE = 256;

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private final RepairPlanner planner;
  private final LocalBlobs local;
  private final FabricBlobs fabric;
  private final NodeBlobs nodes;
  private final Copier copier;
  private final RepairTally tally;
  private final BooleanSupplier isOutdated;
  private final RepairTally.Round counts;

  /// @param isOutdated whether the members have changed, so that the rest is for the next round
  RepairRound(
      RepairPlanner planner,
      LocalBlobs local,
      FabricBlobs fabric,
      Copier copier,
      RepairTally tally,
      BooleanSupplier isOutdated) {
    this.planner = planner;
    this.local = local;
    this.fabric = fabric;
    this.nodes = fabric.nodes();
    this.copier = copier;
    this.tally = tally;
    this.isOutdated = isOutdated;
    this.counts = tally.begin();
  }

  /// What the other nodes' indexes show of a page.
  ///
  /// @param present by node; a node that did not answer is not in it
  private record Answers(Map<String, Set<Hash>> present) {

    boolean isSilent(String node) {
      return !present.containsKey(node);
    }

    boolean has(String node, LocalBlob blob) {
      return present.getOrDefault(node, Set.of()).contains(blob.hash());
    }
  }

  /// @return whether all is in order now
  boolean run() throws InterruptedException {
    copier.beginRound();
    restoreDamaged();
    int from = 0;
    do {
      LocalBlobs.Page page = local.page(from, PAGE);
      look(page.blobs().stream().filter(planner::concerns).toList());
      from = page.next();
      if (isOutdated.getAsBoolean()) {
        return false;
      }
    } while (from != 0);
    tally.end(counts, planner.isDraining());
    return counts.failed == 0 && counts.left == 0;
  }

  /// Looks at some blobs only.
  ///
  /// @return those that have to be looked at again
  List<Hash> run(List<Hash> some) throws InterruptedException {
    copier.beginRound();
    List<Hash> left = new ArrayList<>();
    for (int from = 0; from < some.size(); from += PAGE) {
      List<LocalBlob> found = local.find(some.subList(from, Math.min(some.size(), from + PAGE)));
      left.addAll(look(found.stream().filter(planner::concerns).toList()));
    }
    return left;
  }

  /// @return those that have to be looked at again
  private List<Hash> look(List<LocalBlob> blobs) throws InterruptedException {
    Answers answers = ask(blobs);
    Map<LocalBlob, RepairPlanner.Plan> plans = new LinkedHashMap<>();
    Map<LocalBlob, Set<String>> missing = new LinkedHashMap<>();
    Map<LocalBlob, Set<String>> witnesses = new LinkedHashMap<>();
    for (LocalBlob blob : blobs) {
      Set<String> asked = planner.toAsk(blob);
      Set<String> having = new HashSet<>(asked);
      having.removeIf(node -> !answers.has(node, blob));
      Set<String> silent = new HashSet<>(asked);
      silent.removeIf(node -> !answers.isSilent(node));
      RepairPlanner.Plan plan = planner.plan(blob, having, silent);
      plans.put(blob, plan);
      missing.put(blob, new HashSet<>(plan.targets()));
      witnesses.put(blob, plan.isSurplus() ? having : new HashSet<>());
    }
    copy(missing, false);
    copy(witnesses, true);
    List<Hash> left = new ArrayList<>();
    plans.forEach(
        (blob, plan) -> {
          int copied = plan.targets().size() - missing.getOrDefault(blob, Set.of()).size();
          boolean isConfirmed = witnesses.getOrDefault(blob, Set.of()).isEmpty();
          if (!isConcluded(blob, plan, copied, isConfirmed)) {
            left.add(blob.hash());
          }
        });
    tally.looked(blobs.size());
    return left;
  }

  private Answers ask(List<LocalBlob> blobs) {
    Map<String, List<Hash>> questions = new HashMap<>();
    for (LocalBlob blob : blobs) {
      for (String node : planner.toAsk(blob)) {
        questions.computeIfAbsent(node, _ -> new ArrayList<>()).add(blob.hash());
      }
    }
    Map<String, Set<Hash>> present = new HashMap<>();
    questions.forEach(
        (node, hashes) -> {
          try {
            present.put(node, nodes.present(node, hashes, Deadline.after(CALL_MAX)));
          } catch (FabricException e) {
            // It is silent; what it may have is not known.
          }
        });
    return new Answers(present);
  }

  /// Copies blobs to nodes, and takes out what has arrived. A node that has a blob already
  /// confirms that it keeps it as a source, on its device if that is asked for: what an index
  /// shows might be a surplus copy there, too, for whoever saw other members, or lost with the
  /// next stop of that machine.
  private void copy(Map<LocalBlob, Set<String>> to, boolean isConfirmation)
      throws InterruptedException {
    Map<String, List<LocalBlob>> byNode = new LinkedHashMap<>();
    to.forEach(
        (blob, targets) ->
            targets.forEach(
                node -> byNode.computeIfAbsent(node, _ -> new ArrayList<>()).add(blob)));
    for (Map.Entry<String, List<LocalBlob>> each : byNode.entrySet()) {
      if (isOutdated.getAsBoolean()) {
        return;
      }
      Set<Hash> there = copier.copy(each.getValue(), each.getKey(), isConfirmation);
      for (LocalBlob blob : each.getValue()) {
        boolean isThere = there.contains(blob.hash());
        if (isThere) {
          to.getOrDefault(blob, Set.of()).remove(each.getKey());
        }
        if (!isConfirmation) {
          tally.copied(blob.length(), isThere);
        }
      }
    }
  }

  /// @param copied how many copies were made
  /// @param isConfirmed whether all that have it have confirmed that they keep it
  private boolean isConcluded(
      LocalBlob blob, RepairPlanner.Plan plan, int copied, boolean isConfirmed) {
    int missing = plan.missing() - copied;
    counts.missing += missing;
    counts.failed += missing > 0 ? 1 : 0;
    boolean isLeft = !plan.isFinished() || !isConfirmed;
    if (isLeft) {
      counts.left++;
      counts.leftBytes += planner.isDraining() ? blob.length() : 0;
    }
    if (plan.isSurplus() && isConfirmed) {
      local.becameSurplus(blob.hash());
      tally.surplus();
    }
    return missing == 0 && !isLeft;
  }

  /// Fetches what was found damaged here from whoever has it.
  private void restoreDamaged() {
    List<LocalBlob> damaged = local.damaged();
    if (damaged.isEmpty()) {
      return;
    }
    try {
      List<Hash> hashes = damaged.stream().map(LocalBlob::hash).toList();
      Set<Hash> present = nodes.present(planner.self(), hashes, Deadline.after(CALL_MAX));
      for (LocalBlob blob : damaged) {
        if (!present.contains(blob.hash()) && restore(blob)) {
          tally.restored();
        }
      }
    } catch (FabricException e) {
      counts.failed++;
    }
  }

  private boolean restore(LocalBlob blob) {
    try {
      return copier.restore(blob, fabric.get(blob.hash()));
    } catch (FabricException e) {
      return false; // it is nowhere else: if it was derived, somebody computes it again
    }
  }
}
