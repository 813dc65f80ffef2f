package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The control plane, by whichever of its nodes answers: a channel like any other, over the
/// channels to all of them.
///
/// A call goes to the node that answered last, or to the one that [#prefer] names. When that one
/// is gone, closing, without a leader or silent for [#PATIENCE], the call goes to the next, round
/// after round with growing pauses, until its deadline. Only what may safely happen twice is sent
/// twice: methods marked idempotent, which those are whose requests carry a request id. Any other
/// call is told its fate at once.
///
/// **Threading:** safe for any number of threads. **Ownership:** owns its channels. **Bound:**
/// [#NODES_MAX] control nodes; each call ends with its deadline. **Errors:** the last fault of
/// any node, those of the others suppressed in it; [DeadlineExceeded] when no node failed but
/// none answered in time.
public final class ControlLink implements Channel {

  /// How a channel to one control node is made; it connects with its first call.
  public interface Connector {
    Channel open(InetSocketAddress address);
  }

  public static final int NODES_MAX = 16;

  /// Long enough for a busy node to commit an entry, short enough that a stopped one is passed by.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// Who has failed so lately is asked last.
  private static final Duration SUSPECT_FOR = Duration.ofSeconds(2);

  private static final Duration RELEARN_MAX = Duration.ofMillis(200);

  private final Connector connector;
  private final List<InetSocketAddress> seeds;
  private final Pauses pauses;

  /// Replaced as a whole under the lock; read by all. The preferred one is the first.
  private volatile List<ControlNode> nodes = List.of();

  private volatile boolean isClosed;

  ControlLink(
      List<InetSocketAddress> addresses,
      Connector connector,
      Duration patience,
      RandomGenerator random) {
    this.connector = connector;
    this.seeds = List.copyOf(new LinkedHashSet<>(addresses));
    if (seeds.isEmpty() || seeds.size() > NODES_MAX / 2) {
      throw new IllegalArgumentException(
          seeds.size() + " control nodes; expected 1 to " + NODES_MAX / 2);
    }
    this.pauses = new Pauses(patience, random);
    learn(seeds);
  }

  /// A link that connects with its first calls: the nodes need not be up yet.
  ///
  /// @param addresses one or more control nodes; more may be told later, see [#learn]
  public static ControlLink open(List<InetSocketAddress> addresses) {
    return open(addresses, RpcClient::open);
  }

  /// As [#open(List)]; both sides prove who they are as this says.
  public static ControlLink open(List<InetSocketAddress> addresses, RpcSecurity security) {
    RpcSecurity expected = security.expecting(PeerName.Role.CONTROL);
    return open(addresses, address -> RpcClient.open(address, expected));
  }

  /// As [#open(List)], with channels of the caller's making, such as authenticated ones.
  public static ControlLink open(List<InetSocketAddress> addresses, Connector connector) {
    return new ControlLink(addresses, connector, PATIENCE, RandomGenerator.of("L64X128MixRandom"));
  }

  @Override
  public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
    return callPatiently(method, request, Duration.ZERO, deadline);
  }

  /// As [#call], of what a node may well think about for some time before it answers.
  ///
  /// @param longest so much longer it may be silent
  public <Q, R> R callPatiently(
      Method<Q, R> method, Q request, Duration longest, Deadline deadline) {
    FabricException last = null;
    for (int round = 0; ; round++) {
      List<ControlNode> turn = turn();
      for (ControlNode node : turn) {
        checkTime(method, deadline, last);
        try {
          long left = deadline.remainingNanos();
          long usual = pauses.attemptNanos(round, turn.size(), left);
          long nanos = Math.min(left, usual + longest.toNanos());
          R answer = node.channel().call(method, request, Deadline.after(Duration.ofNanos(nanos)));
          answered(node, turn);
          return answer;
        } catch (Unavailable | AlreadyClosed | DeadlineExceeded e) {
          last = failed(node, e, last);
          if (!method.idempotent() || isClosed || Thread.currentThread().isInterrupted()) {
            throw last;
          }
        }
      }
      relearn(turn);
      pause(round, deadline);
    }
  }

  /// Asks one control node where all are and who leads, learns the ones and prefers the other.
  public void refresh(Deadline deadline) {
    take(call(ControlMethods.PLANE, new Nothing(), deadline));
  }

  /// When nobody would answer, perhaps because somebody new leads: where that is, others know.
  private void relearn(List<ControlNode> turn) {
    for (ControlNode node : turn) {
      try {
        Deadline soon = Deadline.after(RELEARN_MAX);
        take(node.channel().call(ControlMethods.PLANE, new Nothing(), soon));
        return;
      } catch (FabricException _) {
        continue; // the next one may know
      }
    }
  }

  private void take(PlaneStatus plane) {
    List<InetSocketAddress> found = new ArrayList<>();
    InetSocketAddress leader = null;
    for (PlaneStatus.Node node : plane.nodes()) {
      InetSocketAddress address = addressOf(node);
      if (address != null) {
        found.add(address);
        leader = node.id().equals(plane.groups().getFirst().leader()) ? address : leader;
      }
    }
    learn(found);
    if (leader != null) {
      prefer(leader);
    }
  }

  /// Asks this node first from now on, because it leads. One that is not known is not preferred.
  public void prefer(InetSocketAddress address) {
    for (ControlNode node : nodes) {
      if (node.address().equals(address)) {
        moveToFront(node);
        return;
      }
    }
  }

  /// Takes over where the control nodes are now. Those that are new are asked from now on; those
  /// that are not among them are let go, but for those that the link was opened with: they are
  /// what an operator has said, and the others only what was heard.
  public void learn(List<InetSocketAddress> addresses) {
    LinkedHashSet<InetSocketAddress> distinct = new LinkedHashSet<>(seeds);
    addresses.stream().limit(NODES_MAX - seeds.size()).forEach(distinct::add);
    replace(List.copyOf(distinct)).forEach(node -> node.channel().close());
  }

  /// Where the control nodes are believed to be, the preferred one first.
  public List<InetSocketAddress> addresses() {
    return nodes.stream().map(ControlNode::address).toList();
  }

  /// The channel to one control node alone, or null when it is not known any more; lent.
  @Nullable Channel channel(InetSocketAddress address) {
    for (ControlNode node : nodes) {
      if (node.address().equals(address)) {
        return node.channel();
      }
    }
    return null;
  }

  @Override
  public void close() {
    List<ControlNode> open;
    synchronized (this) {
      isClosed = true;
      open = nodes;
    }
    open.forEach(node -> node.channel().close());
  }

  /// @return the nodes that are let go
  private synchronized List<ControlNode> replace(List<InetSocketAddress> addresses) {
    if (isClosed) {
      return List.of();
    }
    List<ControlNode> old = nodes;
    List<ControlNode> kept = new ArrayList<>();
    for (ControlNode node : old) {
      if (addresses.contains(node.address())) {
        kept.add(node);
      }
    }
    List<InetSocketAddress> known = kept.stream().map(ControlNode::address).toList();
    List<ControlNode> all = new ArrayList<>(kept);
    for (InetSocketAddress address : addresses) {
      if (!known.contains(address)) {
        all.add(new ControlNode(address, connector.open(address)));
      }
    }
    nodes = List.copyOf(all);
    return old.stream().filter(node -> !kept.contains(node)).toList();
  }

  private synchronized void moveToFront(ControlNode node) {
    if (nodes.contains(node) && nodes.getFirst() != node) {
      List<ControlNode> moved = new ArrayList<>(nodes);
      moved.remove(node);
      moved.addFirst(node);
      nodes = List.copyOf(moved);
    }
  }

  /// All nodes in the order in which one call asks them: those that failed lately last.
  private List<ControlNode> turn() {
    List<ControlNode> all = nodes;
    long now = System.nanoTime();
    long suspectFor = SUSPECT_FOR.toNanos();
    if (all.size() == 1 || !all.getFirst().isSuspect(now, suspectFor)) {
      return all;
    }
    List<ControlNode> sound = new ArrayList<>(all.size());
    List<ControlNode> suspects = new ArrayList<>(all.size());
    for (ControlNode node : all) {
      (node.isSuspect(now, suspectFor) ? suspects : sound).add(node);
    }
    sound.addAll(suspects);
    return sound;
  }

  private static @Nullable InetSocketAddress addressOf(PlaneStatus.Node node) {
    String text = node.control();
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || text.startsWith("0.0.0.0:")) {
      return null; // it has not said yet where others reach it
    }
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private void answered(ControlNode node, List<ControlNode> turn) {
    node.answered();
    if (turn.getFirst() != node) {
      moveToFront(node);
    }
  }

  private FabricException failed(
      ControlNode node, FabricException fault, @Nullable FabricException before) {
    node.failed(System.nanoTime());
    if (before != null && before != fault && fault.getSuppressed().length == 0) {
      fault.addSuppressed(before);
    }
    return fault;
  }

  private void checkTime(Method<?, ?> method, Deadline deadline, @Nullable FabricException last) {
    if (isClosed) {
      throw new AlreadyClosed(method.name() + ": the link to the control plane is closed", last);
    }
    if (deadline.hasPassed()) {
      throw last != null
          ? last
          : new DeadlineExceeded(method.name() + ": no time left to ask the control plane");
    }
  }

  private void pause(int round, Deadline deadline) {
    LockSupport.parkNanos(
        Math.min(pauses.afterRoundNanos(round), Math.max(1, deadline.remainingNanos())));
  }
}
