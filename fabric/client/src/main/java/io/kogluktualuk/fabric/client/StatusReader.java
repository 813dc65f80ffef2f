package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.Nothing;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Asks all members how they are.
///
/// **Threading:** stateless.
final class StatusReader {

  /// A node that does not answer a question about itself in this time is as good as gone.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private StatusReader() {}

  static ClusterStatus read(ControlClient control, PlaneStatus plane, Membership membership) {
    List<Member> members =
        control.members().members().stream()
            .sorted(
                Comparator.comparing((Member member) -> member.info().role())
                    .thenComparing(member -> member.info().name()))
            .toList();
    return new ClusterStatus(
        control.status(), plane, askAll(membership, members), VerbsStatus.ofThisProcess());
  }

  /// All at once: those that do not answer are waited for once.
  private static List<ClusterStatus.Node> askAll(Membership membership, List<Member> members) {
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<ClusterStatus.Node>> answers =
          members.stream()
              .map(member -> CompletableFuture.supplyAsync(() -> read(membership, member), asking))
              .toList();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  static ClusterStatus.Node read(Membership membership, Member member) {
    ClusterStatus.State state = ask(membership, member);
    return new ClusterStatus.Node(
        member,
        state,
        state instanceof ClusterStatus.Unreachable ? null : verbs(membership, member));
  }

  private static @Nullable VerbsStatus verbs(Membership membership, Member member) {
    Deadline deadline = Deadline.after(PATIENCE);
    try {
      return membership
          .channel(member, deadline)
          .call(VerbsStatus.CALL, new VerbsStatus.Question(), deadline);
    } catch (FabricException e) {
      return null; // it has said how it is, and goes away now, or is of another version
    }
  }

  private static ClusterStatus.State ask(Membership membership, Member member) {
    Deadline deadline = Deadline.after(PATIENCE);
    try {
      return switch (member.info().role()) {
        case MEMORY -> memory(membership.channel(member, deadline), deadline);
        case COMPUTE ->
            new ClusterStatus.Compute(
                membership
                    .channel(member, deadline)
                    .call(ComputeMethods.STATUS, new Nothing(), deadline));
        case CONTROL -> new ClusterStatus.Control();
      };
    } catch (FabricException e) {
      return new ClusterStatus.Unreachable(String.valueOf(e.getMessage()));
    }
  }

  private static ClusterStatus.State memory(Channel channel, Deadline deadline) {
    return new ClusterStatus.Memory(
        channel.call(MemoryCalls.STATUS, new StatusRequest(), deadline),
        channel.call(MemoryCalls.REPAIR, new StatusRequest(), deadline));
  }
}
