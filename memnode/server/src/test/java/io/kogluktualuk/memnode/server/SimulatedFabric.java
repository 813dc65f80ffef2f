package io.kogluktualuk.memnode.server;

import static io.kogluktualuk.memnode.server.SimulatedTime.SECOND;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.credits.CreditsCommand;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.Placement;
import io.kogluktualuk.memnode.store.DiskMemory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// All parties of one run, and what goes wrong between them.
///
/// **Threading:** one thread.
final class SimulatedFabric {

  static final int REPLICAS = 2;

  /// Less than what the nodes could keep: clients meet both limits.
  static final long LIMIT_BYTES = 96 << 10;

  private static final int NODES = 4;
  private static final int CLIENTS = 3;
  private static final long FAULTY = 15 * SECOND;
  private static final long BUSY = 8 * SECOND;
  private static final long CALM = 20 * SECOND;
  private static final long QUIET = 25 * SECOND;

  private final RandomGenerator random;
  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedNetwork network;
  private final SimulatedControl control;
  private final List<SimulatedMemoryNode> nodes = new ArrayList<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Truth truth;
  private final SimulatedCollector collector;
  private final List<NodeId> forgotten = new ArrayList<>();
  private boolean isCalm;
  private boolean hasReplaced;

  SimulatedFabric(Path folder, DiskMemory memory, RandomGenerator random) {
    this.random = random;
    this.network = new SimulatedNetwork(time, random, random.nextInt(60));
    this.control = new SimulatedControl(time, network, random);
    for (int i = 0; i < NODES; i++) {
      Path own = folder.resolve("m" + i);
      nodes.add(new SimulatedMemoryNode("m" + i, own, memory, time, control, random, this::synced));
    }
    this.truth = new Truth(this);
    this.collector = new SimulatedCollector(this, random);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new SimulatedClient("client" + i, this, random));
    }
    nodes.forEach(node -> new SimulatedRepair(this, node, random));
    time.after(0, this::giveCredit);
    time.after(2 * SECOND, this::goWrong);
  }

  SimulatedTime time() {
    return time;
  }

  SimulatedControl control() {
    return control;
  }

  List<SimulatedMemoryNode> nodes() {
    return nodes;
  }

  List<SimulatedClient> clients() {
    return clients;
  }

  Truth truth() {
    return truth;
  }

  boolean isCalm() {
    return isCalm;
  }

  void run() {
    until(FAULTY);
    calm();
    until(FAULTY + BUSY);
    clients.forEach(
        SimulatedClient::read); // copies get credits as everybody does, if there are any
    until(FAULTY + CALM);
    truth.checkRepaired();
    clients.forEach(SimulatedClient::stop);
    collector.forgetRoots();
    until(FAULTY + CALM + QUIET);
    truth.checkEverythingCameBack();
  }

  /// Lets go of what is not the collector's.
  void discard() {
    for (SimulatedMemoryNode node : nodes) {
      node.kill();
      node.disk().discard();
    }
  }

  private void until(long end) {
    while (time.now() < end) {
      time.next();
      truth.check();
    }
  }

  private void synced(SimulatedMemoryNode node) {
    truth.synced(node);
  }

  private void giveCredit() {
    operate(new CreditsCommand.SetLimit(SimulatedClient.ACCOUNT, LIMIT_BYTES).toProposal());
  }

  /// An operator has something done, as soon as that works.
  private void operate(Proposal command) {
    try {
      control.propose("operator", new RequestIds(random).next(), command);
    } catch (FabricException e) {
      if (e.category() == FabricException.Category.RETRY) {
        time.after(SECOND, () -> operate(command));
      }
    }
  }

  private void drain(NodeId node, boolean isDraining) {
    operate(new MembersCommand.Drain(node, isDraining).toProposal());
  }

  private void calm() {
    isCalm = true;
    network.calm();
    control.settle();
    forgotten.forEach(id -> operate(new MembersCommand.Forget(id).toProposal()));
    nodes.forEach(SimulatedMemoryNode::restart);
    drainNone();
    time.after(4 * SECOND, this::drainNone); // whoever was asked before may be late
  }

  private void drainNone() {
    nodes.forEach(node -> drain(node.id(), false));
  }

  private void goWrong() {
    if (isCalm) {
      return;
    }
    time.after(random.nextLong(SECOND, 4 * SECOND), this::goWrong);
    SimulatedMemoryNode node = nodes.get(random.nextInt(nodes.size()));
    String replica = SimulatedControl.IDS.get(random.nextInt(3));
    long down = random.nextLong(SECOND / 10, 7 * SECOND);
    switch (random.nextInt(11)) {
      case 0 -> {
        node.crash();
        time.after(down, node::restart);
      }
      case 1 -> {
        node.kill();
        time.after(down, node::restart);
      }
      case 2 -> {
        control.crash(replica);
        time.after(down, () -> control.restart(replica));
      }
      case 3, 4 -> {
        cutSome();
        time.after(down, network::mend);
      }
      case 5 -> control.stepClock(replica);
      case 6 -> {
        nodes.forEach(SimulatedMemoryNode::crash);
        nodes.forEach(each -> time.after(down, each::restart));
      }
      case 7 -> replace(node);
      case 8, 9 -> {
        NodeId id = node.id();
        drain(id, true);
        time.after(2 * down, () -> drain(id, false));
      }
      default -> {
        control.cluster().cut(replica);
        time.after(down, () -> control.cluster().mend(replica));
      }
    }
  }

  /// One node at most comes back empty, and only when others have what it had.
  private void replace(SimulatedMemoryNode node) {
    if (!hasReplaced && node.isUp() && truth.isElsewhere(node)) {
      hasReplaced = true;
      truth.replaced(node);
      forgotten.add(node.id());
      node.replace();
    }
  }

  private void cutSome() {
    List<String> all = new ArrayList<>(SimulatedControl.IDS);
    nodes.forEach(node -> all.add(node.name()));
    clients.forEach(client -> all.add(client.name()));
    String one = all.get(random.nextInt(all.size()));
    for (String other : all) {
      if (random.nextInt(3) > 0) {
        network.cut(one, other);
      }
      if (random.nextInt(3) > 0) {
        network.cut(other, one);
      }
    }
  }

  /// Where blobs belong, as some control node knows it, be that old.
  Placement placement() {
    for (int attempt = 0; attempt < 6; attempt++) {
      try {
        String replica = SimulatedControl.IDS.get(random.nextInt(3));
        return placement(control.cluster().machine(replica).members());
      } catch (FabricException e) {
        // It is down; another one may not be.
      }
    }
    return Placement.of(List.of());
  }

  Placement placement(MembersTable members) {
    List<MemoryNode> known = new ArrayList<>();
    for (MemberInfo info : members.page(null, 100)) {
      MemberState state = members.stateOf(info.id());
      known.add(
          new MemoryNode(
              info.id().toString(),
              InetSocketAddress.createUnresolved(info.name(), 1),
              info.weight(),
              state(state)));
    }
    return Placement.of(known);
  }

  private static NodeState state(MemberState state) {
    return switch (state) {
      case ACTIVE -> NodeState.ACTIVE;
      case DRAINING -> NodeState.DRAINING;
      case LOST -> NodeState.LOST;
    };
  }

  SimulatedMemoryNode node(String id) {
    for (SimulatedMemoryNode node : nodes) {
      if (node.id().toString().equals(id)) {
        return node;
      }
    }
    throw new Unavailable("node " + id + " is no more");
  }

  /// A call on a memory node.
  <R> R call(String from, String id, Function<SimulatedMemoryNode, R> call) {
    SimulatedMemoryNode node = node(id);
    SimulatedMemoryNode.Process process = node.processOrNull();
    return network.call(
        from,
        node.name(),
        () -> process != null && node.processOrNull() == process,
        () -> {
          R reply = call.apply(node);
          truth.touched(node);
          return reply;
        });
  }
}
