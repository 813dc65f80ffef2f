package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.Nothing;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.client.Session;
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

  static ClusterStatus read(Session session) {
    List<Member> members =
        session.control().members().members().stream()
            .sorted(
                Comparator.comparing((Member member) -> member.info().role())
                    .thenComparing(member -> member.info().name()))
            .toList();
    return new ClusterStatus(
        session.control().status(),
        session.plane(),
        askAll(session, members),
        VerbsStatus.ofThisProcess());
  }

  /// All at once: those that do not answer are waited for once.
  private static List<ClusterStatus.Node> askAll(Session session, List<Member> members) {
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<ClusterStatus.Node>> answers =
          members.stream()
              .map(member -> CompletableFuture.supplyAsync(() -> read(session, member), asking))
              .toList();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  static ClusterStatus.Node read(Session session, Member member) {
    ClusterStatus.State state = ask(session, member);
    return new ClusterStatus.Node(
        member, state, state instanceof ClusterStatus.Unreachable ? null : verbs(session, member));
  }

  private static @Nullable VerbsStatus verbs(Session session, Member member) {
    Deadline deadline = Deadline.after(PATIENCE);
    try {
      return session
          .channel(member, deadline)
          .call(VerbsStatus.CALL, new VerbsStatus.Question(), deadline);
    } catch (FabricException e) {
      return null; // it has said how it is, and goes away now, or is of another version
    }
  }

  private static ClusterStatus.State ask(Session session, Member member) {
    Deadline deadline = Deadline.after(PATIENCE);
    try {
      return switch (member.info().role()) {
        case MEMORY -> memory(session.channel(member, deadline), deadline);
        case COMPUTE ->
            new ClusterStatus.Compute(
                session
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
