package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.fabric.blob.Mark;
import io.kogluktualuk.fabric.client.Session;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.Fate;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeBlobs;
import io.kogluktualuk.memnode.reader.Pins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects what no root reaches: mark, from all roots, then collect, node by node.
///
/// In this order: a new generation of pins begins, and all nodes hear of it; then the roots are
/// read; everything that they reach is stamped with it, wherever there is a copy; then all nodes
/// hear that the mark is complete, so that none of them copies what is about to go to where it
/// has gone already; then each node lets go of sources without that stamp that nobody holds and
/// that have been left alone since before the generation began, and for the grace. So what is
/// put, held, pinned or named meanwhile stays. Nothing is collected anywhere if a list or tree
/// cannot be read, as what it reaches is not known; nor at a node that has not heard everything.
///
/// Tenants have stores and roots of their own, and only one of them is collected.
///
/// A dry run does all of it but the last step: stamps alone take nothing away.
///
/// **Threading:** one thread.
final class Collector {

  private final Session session;
  private final Duration timeout;

  Collector(Session session) {
    this.session = session;
    this.timeout = session.settings().transferTimeout();
  }

  /// @throws io.kogluktualuk.fabric.fault.Conflict when another collection begins meanwhile
  /// @throws Unavailable when a list or tree that a root reaches cannot be read
  CollectionReport run(Duration grace, @Nullable Duration outcomes, boolean isDryRun) {
    List<Member> members = session.members(Role.MEMORY);
    List<MemoryNode> nodes = session.memoryNodes();
    long generation = session.control().advancePins(session.newRequest());
    Pins pins = new Pins(session.blobs().nodes(), timeout);
    pins.begin(nodes, generation);
    List<Root> roots = session.roots();
    Mark mark = mark(roots);
    pins.stamp(nodes, generation, mark.hashes());
    if (!isDryRun) {
      pins.condemn(nodes, generation, grace);
    }
    List<CollectionReport.Node> reports =
        members.stream()
            .map(Member::info)
            .sorted(Comparator.comparing(MemberInfo::name).thenComparing(MemberInfo::id))
            .map(
                info ->
                    node(
                        info.id().toString(),
                        info.name(),
                        generation,
                        grace,
                        isDryRun,
                        pins,
                        nodes,
                        mark))
            .toList();
    Set<Hash> missing = new HashSet<>(mark.hashes());
    missing.removeAll(pins.pinned());
    return new CollectionReport(
        generation,
        isDryRun,
        grace,
        roots.size(),
        mark.size(),
        missing(missing, mark),
        reports,
        outcomes == null ? 0 : forget(outcomes, isDryRun, mark));
  }

  private long forget(Duration age, boolean isDryRun, Mark mark) {
    long before = Math.max(0, System.currentTimeMillis() - age.toMillis());
    OldOutcomes old = new OldOutcomes(session.control(), before, mark);
    return isDryRun ? old.count() : old.forget();
  }

  private Mark mark(List<Root> roots) {
    Mark mark = new Mark();
    for (Root root : roots) {
      mark.visit(root.name().text(), root.ref(), session.storeOf(root.ref()));
    }
    if (!mark.unreadable().isEmpty()) {
      throw new Unavailable(
          "nothing was collected, because what roots reach is not known: root "
              + mark.unreadable().getFirst());
    }
    return mark;
  }

  private static List<CollectionReport.Missing> missing(Set<Hash> hashes, Mark mark) {
    return hashes.stream()
        .sorted()
        .limit(CollectionReport.MISSING_MAX)
        .map(hash -> new CollectionReport.Missing(hash, String.valueOf(mark.by(hash))))
        .toList();
  }

  private CollectionReport.Node node(
      String id,
      String name,
      long generation,
      Duration grace,
      boolean isDryRun,
      Pins pins,
      List<MemoryNode> asked,
      Mark mark) {
    if (asked.stream().noneMatch(node -> node.id().equals(id))) {
      return CollectionReport.Node.passedOver(name, "it does not answer");
    }
    FabricException failure = pins.failures().get(id);
    if (failure != null) {
      return CollectionReport.Node.passedOver(name, String.valueOf(failure.getMessage()));
    }
    try {
      return collect(id, name, generation, grace, isDryRun, mark);
    } catch (FabricException e) {
      return CollectionReport.Node.passedOver(name, String.valueOf(e.getMessage()));
    }
  }

  private CollectionReport.Node collect(
      String id, String name, long generation, Duration grace, boolean isDryRun, Mark mark) {
    NodeBlobs nodes = session.blobs().nodes();
    Map<Fate, CollectionReport.Sum> sums = new EnumMap<>(Fate.class);
    List<CollectionReport.Entry> largest = new ArrayList<>();
    CollectStep step = isDryRun ? CollectStep.DRY_RUN : CollectStep.COLLECT;
    long from = 0;
    do {
      Deadline deadline = Deadline.after(timeout);
      CollectPage page = nodes.collect(id, generation, grace, step, from, deadline);
      for (CollectPage.Total total : page.totals()) {
        sums.merge(
            total.fate(),
            new CollectionReport.Sum(total.blobs(), total.bytes()),
            CollectionReport.Sum::plus);
      }
      page.largest()
          .forEach(one -> largest.add(new CollectionReport.Entry(one, mark.by(one.hash()))));
      largest.sort(
          Comparator.comparing(CollectionReport.Entry::blob, CollectPage.Entry.byLength()));
      if (largest.size() > CollectionReport.ENTRIES_MAX) {
        largest.subList(CollectionReport.ENTRIES_MAX, largest.size()).clear();
      }
      from = page.next();
    } while (from != 0);
    return new CollectionReport.Node(name, sums, largest, "");
  }
}
