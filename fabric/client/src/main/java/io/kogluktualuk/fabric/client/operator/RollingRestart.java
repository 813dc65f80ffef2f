package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.Role;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Restarts the nodes of a fabric one after another, so that nobody's request fails: a control
/// node hands its leadership over before, a compute node finishes what runs, and the next node
/// waits until this one is back.
///
/// **Threading:** one thread. **Bound:** each wait ends with its deadline.
public final class RollingRestart {

  /// Stops a node in order, starts it again, and returns when it says that it is ready.
  public interface Restarter {
    /// Ends a node and starts it again; returns when both are under way.
    void restart(String name) throws InterruptedException;
  }

  /// So far behind, a follower catches up while the next entry is agreed on.
  private static final long LAG_MAX = 64;

  private static final long HEARD_MILLIS_MAX = 2000;

  /// Readers ask once a second where the memory nodes are, and a node hears once a second whether
  /// it drains.
  private static final long KNOWN_AFTER_MILLIS = 2000;

  private final Operator operator;
  private final Restarter restarter;
  private final Patience patience;
  private final Consumer<String> progress;

  /// @param patience of each wait
  /// @param progress gets a line for each step
  public RollingRestart(
      Operator operator, Restarter restarter, Patience patience, Consumer<String> progress) {
    this.operator = operator;
    this.restarter = restarter;
    this.patience = patience;
    this.progress = progress;
  }

  /// Restarts all members of these names, in this order.
  ///
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when a node does not come back; the
  ///     others are left alone then
  public void run(List<String> names) throws InterruptedException {
    for (String name : names) {
      Member member = operator.member(name);
      switch (member.info().role()) {
        case CONTROL -> control(name);
        case MEMORY -> memory(name);
        case COMPUTE -> compute(member);
      }
      progress.accept(name + " is back");
    }
  }

  private void control(String name) throws InterruptedException {
    handOver(name);
    progress.accept(name + " restarts");
    restarter.restart(name);
    await(name + " to catch up", () -> hasCaughtUp(name));
  }

  /// Another node leads all logs from now on, the one that is least behind.
  private void handOver(String name) throws InterruptedException {
    PlaneStatus plane = operator.plane();
    if (plane.nodes().size() < 2) {
      return;
    }
    if (plane.groups().stream().noneMatch(group -> group.leader().equals(name))) {
      return;
    }
    String next =
        plane.groups().getFirst().followers().stream()
            .filter(follower -> !follower.id().equals(name))
            .min(Comparator.comparingLong(PlaneStatus.Follower::lagEntries))
            .map(PlaneStatus.Follower::id)
            .orElseGet(() -> otherThan(name, plane));
    progress.accept(name + " hands over to " + next);
    operator.control().change(new ChangePlane.Transfer(next));
    await(
        next + " to lead",
        () ->
            operator.plane().groups().stream()
                .noneMatch(group -> group.leader().equals(name) || group.leader().isEmpty()));
  }

  private static String otherThan(String name, PlaneStatus plane) {
    return plane.nodes().stream()
        .map(PlaneStatus.Node::id)
        .filter(id -> !id.equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// Whether it leads, or the leader hears it and it has nearly all.
  private boolean hasCaughtUp(String name) {
    PlaneStatus plane = operator.plane();
    return plane.nodes().size() < 2
        || plane.groups().stream().allMatch(group -> hasCaughtUp(name, group));
  }

  private static boolean hasCaughtUp(String name, PlaneStatus.Group group) {
    return group.leader().equals(name)
        || group.followers().stream()
            .filter(follower -> follower.id().equals(name))
            .anyMatch(
                follower ->
                    follower.lagEntries() <= LAG_MAX
                        && follower.heardMillisAgo() <= HEARD_MILLIS_MAX);
  }

  private void memory(String name) throws InterruptedException {
    progress.accept(name + " restarts");
    restarter.restart(name);
    await(name + " to be heard", () -> isHeard(name));
    TimeUnit.MILLISECONDS.sleep(KNOWN_AFTER_MILLIS);
  }

  private void compute(Member member) throws InterruptedException {
    String name = member.info().name();
    boolean isLeaving = member.state() == MemberState.DRAINING;
    operator.control().drain(member.info().id(), true);
    progress.accept(name + " drains");
    await(name + " to finish what runs", () -> operator.draining(name).isDone());
    progress.accept(name + " restarts");
    restarter.restart(name);
    await(name + " to be heard", () -> isHeard(name));
    if (!isLeaving) {
      operator.control().drain(member.info().id(), false);
      await(name + " to take runs", () -> operator.member(name).state() == MemberState.ACTIVE);
      TimeUnit.MILLISECONDS.sleep(KNOWN_AFTER_MILLIS);
    }
  }

  private boolean isHeard(String name) {
    Member member = operator.member(name);
    return !member.isSilent()
        && member.state() != MemberState.LOST
        && (member.info().role() == Role.CONTROL || answers(member));
  }

  private boolean answers(Member member) {
    return operator.status().nodes().stream()
        .anyMatch(
            node ->
                node.member().info().id().equals(member.info().id())
                    && !(node.state() instanceof ClusterStatus.Unreachable));
  }

  private void await(String what, BooleanSupplier holds) throws InterruptedException {
    patience.until(
        holds,
        () ->
            "waited "
                + patience.within().toSeconds()
                + " s for "
                + what
                + "; nothing else is stopped");
  }
}
