package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.transaction.Peer;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.client.Enrolment;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The compute nodes of the membership, and how busy each is believed to be: what it said last,
/// and what was given to it and has come back since.
///
/// A belief that is wrong costs one refused call: the peer decides, and is then left alone for
/// [#QUIET].
///
/// **Threading:** safe for any number of threads; one lock, never held over a call.
/// **Ownership:** owns its peers; one that has left is closed when nothing of ours runs there.
final class MemberPeers implements Peers, Enrolment.Listener, AutoCloseable {

  private static final Duration QUIET = Duration.ofMillis(20);

  private final NodeId self;
  private final RpcSecurity security;
  private final Map<NodeId, Known> known = new HashMap<>();
  private long ownEpoch;
  private MemberState ownState = MemberState.ACTIVE;
  private int memoryNodes;
  private Runnable onRoom = () -> {};

  private static final class Known {
    final RpcPeer peer;
    int slots;
    int busy;
    int ours;
    long quietUntil = System.nanoTime();
    boolean hasLeft;

    Known(RpcPeer peer) {
      this.peer = peer;
    }

    boolean hasRoom(long now) {
      return !hasLeft && busy < slots && now - quietUntil >= 0;
    }
  }

  MemberPeers(NodeId self, RpcSecurity security) {
    this.self = self;
    this.security = security;
  }

  @Override
  public synchronized void onRoom(Runnable listener) {
    onRoom = listener;
  }

  @Override
  public synchronized @Nullable Peer tryTake() {
    long now = System.nanoTime();
    Known best = null;
    for (Known candidate : known.values()) {
      if (candidate.hasRoom(now) && (best == null || room(candidate) > room(best))) {
        best = candidate;
      }
    }
    if (best == null) {
      return null;
    }
    best.busy++;
    best.ours++;
    return best.peer;
  }

  @Override
  public synchronized boolean hasRoom() {
    long now = System.nanoTime();
    return known.values().stream().anyMatch(candidate -> candidate.hasRoom(now));
  }

  @Override
  public synchronized Collection<Peer> all() {
    return known.values().stream()
        .filter(each -> !each.hasLeft)
        .<Peer>map(each -> each.peer)
        .toList();
  }

  private static int room(Known candidate) {
    return candidate.slots - candidate.busy;
  }

  @Override
  public void release(Peer peer, boolean hadRoom) {
    synchronized (this) {
      for (Known candidate : known.values()) {
        if (candidate.peer == peer) {
          candidate.busy = Math.max(0, candidate.busy - 1);
          candidate.ours--;
          if (!hadRoom) {
            candidate.quietUntil = System.nanoTime() + QUIET.toNanos();
          }
        }
      }
    }
    if (hadRoom) {
      room();
    } else {
      Thread.ofVirtual().name("peer-quiet-", 0).start(this::roomSoon);
    }
  }

  private void roomSoon() {
    try {
      Thread.sleep(QUIET);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    room();
  }

  private void room() {
    Runnable listener;
    synchronized (this) {
      listener = onRoom;
    }
    listener.run();
  }

  /// Control nodes may be behind each other: the latest epoch counts.
  @Override
  public synchronized void onBeat(HeartbeatReply reply) {
    if (reply.epoch() >= ownEpoch) {
      ownEpoch = reply.epoch();
      ownState = reply.state();
    }
  }

  /// What the members have agreed that this node itself is good for.
  synchronized MemberState ownState() {
    return ownState;
  }

  /// How many memory nodes the control plane hears of.
  synchronized int memoryNodes() {
    return memoryNodes;
  }

  @Override
  public boolean wantsMembers() {
    return true;
  }

  @Override
  public void onMembers(Members members) {
    update(members.members());
  }

  private static boolean isMemory(Member member) {
    return member.info().role() == Role.MEMORY && !member.isSilent();
  }

  /// One that drains takes no runs.
  private static boolean isHere(Member member) {
    return !member.isSilent() && member.state() == MemberState.ACTIVE;
  }

  /// Takes over the membership as the control plane tells it.
  void update(Collection<Member> members) {
    List<RpcPeer> gone;
    synchronized (this) {
      memoryNodes = (int) members.stream().filter(MemberPeers::isMemory).count();
      Set<NodeId> there = new HashSet<>();
      for (Member member : members) {
        MemberInfo info = member.info();
        if (info.role() == Role.COMPUTE && !info.id().equals(self) && isHere(member)) {
          there.add(info.id());
          update(member);
        }
      }
      gone = dropAllBut(there);
    }
    gone.forEach(RpcPeer::close);
    room();
  }

  private void update(Member member) {
    InetSocketAddress address = addressOf(member.info());
    Known current = known.get(member.info().id());
    if (current == null || !current.peer.address().equals(address)) {
      if (current != null && current.ours > 0) {
        // It has come back elsewhere; what runs at the old address ends first.
        current.hasLeft = true;
        return;
      }
      current = new Known(new RpcPeer(member.info().name(), address, security));
      known.put(member.info().id(), current);
    }
    current.hasLeft = false;
    current.slots = member.info().slots();
    current.busy = Math.max(current.ours, member.load().busySlots());
  }

  private List<RpcPeer> dropAllBut(Set<NodeId> there) {
    List<RpcPeer> gone = new ArrayList<>();
    known
        .entrySet()
        .removeIf(
            entry -> {
              Known candidate = entry.getValue();
              candidate.hasLeft |= !there.contains(entry.getKey());
              if (candidate.hasLeft && candidate.ours == 0) {
                gone.add(candidate.peer);
                return true;
              }
              return false;
            });
    return gone;
  }

  static InetSocketAddress addressOf(MemberInfo info) {
    int colon = info.address().lastIndexOf(':');
    return new InetSocketAddress(
        info.address().substring(0, colon), Integer.parseInt(info.address().substring(colon + 1)));
  }

  /// How many there are.
  synchronized int size() {
    return known.size();
  }

  @Override
  public void close() {
    List<RpcPeer> all;
    synchronized (this) {
      all = known.values().stream().map(candidate -> candidate.peer).toList();
      known.clear();
    }
    all.forEach(RpcPeer::close);
  }
}
