package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.MILLI;
import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.ControlEntry;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.Envelope;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.server.Timekeeping;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.paxoslog.simulated.LogFaults;
import io.kogluktualuk.paxoslog.simulated.SimulatedCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Three control nodes: the real tables and the real judgement of time, over a simulated log.
///
/// **Threading:** one thread.
final class SimulatedControl {

  static final List<String> IDS = List.of("c0", "c1", "c2");
  static final Duration LOST_AFTER = Duration.ofSeconds(4);

  private static final Duration SOON = Duration.ofHours(1);

  /// One control node's process.
  private final class Node {
    private final long startedAt = time.now();
    private final Timekeeping timekeeping = new Timekeeping(LOST_AFTER, startedAt);
    private final Map<NodeId, Long> heard = new HashMap<>();
  }

  private final SimulatedTime time;
  private final SimulatedNetwork network;
  private final RandomGenerator random;
  private final SimulatedCluster<ControlMachine> cluster;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Long> wallMillis = new HashMap<>();

  SimulatedControl(SimulatedTime time, SimulatedNetwork network, RandomGenerator random) {
    this.time = time;
    this.network = network;
    this.random = random;
    this.cluster = new SimulatedCluster<>(random, LogFaults.SOME, _ -> new ControlMachine(), IDS);
    for (String id : IDS) {
      nodes.put(id, new Node());
      wallMillis.put(id, 1_700_000_000_000L + random.nextLong(5000));
    }
    time.after(SECOND, this::tick);
  }

  SimulatedCluster<ControlMachine> cluster() {
    return cluster;
  }

  /// Whether all processes run.
  boolean isWhole() {
    return nodes.size() == IDS.size();
  }

  void crash(String id) {
    if (nodes.remove(id) != null) {
      cluster.crash(id);
    }
  }

  void restart(String id) {
    if (!nodes.containsKey(id)) {
      cluster.restart(id);
      nodes.put(id, new Node());
    }
  }

  /// An operator, or a time daemon, sets a wall clock.
  void stepClock(String id) {
    wallMillis.merge(id, random.nextLong(-120_000, 120_000), Long::sum);
  }

  /// Ends all faults.
  void settle() {
    IDS.forEach(this::restart);
    cluster.settle();
  }

  private ControlEntry entry(String id, List<Proposal> proposals) {
    long wall = Objects.requireNonNull(wallMillis.get(id)) + time.now() / MILLI;
    return new ControlEntry(wall, proposals);
  }

  private List<Reply> append(String id, List<Proposal> proposals) {
    byte[] entry = entry(id, proposals).toBytes();
    return Reply.decode(cluster.log(id).append(entry, Deadline.after(SOON)));
  }

  /// Each second every control node looks at what is due; the leader's alone is proposed.
  private void tick() {
    time.after(SECOND, this::tick);
    cluster.step();
    nodes.forEach(this::tick);
  }

  private void tick(String id, Node node) {
    ControlMachine machine = cluster.machine(id);
    List<Member> members =
        machine.members().page(null, Integer.MAX_VALUE).stream()
            .map(info -> member(node, machine, info))
            .toList();
    List<Proposal> due =
        node.timekeeping.due(
            time.now(), machine.elapsedMillis(), machine.leases().nextExpiryMillis(), members);
    if (id.equals(cluster.leader()) && !due.isEmpty()) {
      try {
        append(id, due);
      } catch (FabricException _) {
        // It is due again a second later.
      }
    }
  }

  private Member member(Node node, ControlMachine machine, MemberInfo info) {
    long heard = node.heard.getOrDefault(info.id(), node.startedAt);
    long unheardMillis = (time.now() - heard) / MILLI;
    MemberState state = machine.members().stateOf(info.id());
    return new Member(info, state, unheardMillis > 2000, unheardMillis, Load.NONE, 0);
  }

  /// Has a command done, at whatever control node, in the way of the clients' link.
  byte[] propose(String from, @Nullable RequestId request, Proposal command) {
    Proposal enveloped = new Envelope(request, from, command).toProposal();
    return ask(from, id -> append(id, List.of(enveloped)).getFirst().orThrow());
  }

  /// Reads what is acknowledged by now.
  <R> R read(String from, Function<ControlMachine, R> query) {
    return ask(
        from,
        id -> {
          cluster.log(id).barrier(Deadline.after(SOON));
          return cluster.log(id).read(() -> query.apply(cluster.machine(id)));
        });
  }

  /// In the way of the control plane's calls: what a node knows is true, what it does not know it
  /// looks for again when it has heard everything.
  Optional<Outcome> lookup(String from, Hash key) {
    return ask(
        from,
        id -> {
          Optional<Outcome> found = cluster.log(id).read(() -> find(id, key));
          if (found.isEmpty()) {
            cluster.log(id).barrier(Deadline.after(SOON));
            found = cluster.log(id).read(() -> find(id, key));
          }
          return found;
        });
  }

  private Optional<Outcome> find(String id, Hash key) {
    MemoTable memos = cluster.machine(id).memos();
    int ordinal = memos.find(key);
    return ordinal < 0 ? Optional.empty() : Optional.of(memos.outcomeAt(ordinal));
  }

  private <R> R ask(String from, Function<String, R> call) {
    int first = random.nextInt(IDS.size());
    FabricException last = new Unavailable("nobody was asked");
    for (int attempt = 0; attempt < 4; attempt++) {
      String id = IDS.get((first + attempt) % IDS.size());
      try {
        return at(from, id, () -> call.apply(id));
      } catch (DeadlineExceeded | Unavailable | AlreadyClosed e) {
        last = e;
      }
    }
    throw new DeadlineExceeded("no control node answered " + from, last);
  }

  private <R> R at(String from, String id, Supplier<R> call) {
    Node process = nodes.get(id);
    return network.call(from, id, () -> process != null && nodes.get(id) == process, call);
  }

  /// A sign of life to one control node, which answers with what it knows, be it old.
  HeartbeatReply heartbeat(String from, String to, NodeId self) {
    return at(from, to, () -> heard(to, self));
  }

  private HeartbeatReply heard(String id, NodeId self) {
    ControlMachine machine = cluster.machine(id);
    if (!machine.members().contains(self)) {
      throw new NotFound("node " + self + " is not a member; it must register first");
    }
    Objects.requireNonNull(nodes.get(id)).heard.put(self, time.now());
    return new HeartbeatReply(
        machine.members().epoch(),
        machine.members().stateOf(self),
        machine.leases().fences(),
        machine.pins().generation());
  }
}
