package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is in the fabric, as the control plane says now, and channels to them.
///
/// **Threading:** any thread. **Ownership:** the channels are closed with this.
/// **Bound:** one channel for each address that was ever asked for.
final class Membership implements AutoCloseable {

  private final ControlClient control;
  private final Duration timeout;
  private final RpcSecurity security;
  private final Map<String, Channel> channels = new HashMap<>();

  Membership(ControlClient control, Duration timeout, RpcSecurity security) {
    this.control = control;
    this.timeout = timeout;
    this.security = security;
  }

  /// All members of one role, those that are silent too.
  List<Member> all(Role role) {
    return control.members().members().stream()
        .filter(member -> member.info().role() == role)
        .toList();
  }

  /// The memory nodes, those that live and others.
  List<MemoryNode> memoryNodes() {
    return MemoryNode.seenAmong(all(Role.MEMORY));
  }

  /// The compute nodes that live and do not drain, the least loaded first.
  List<Member> computeNodes() {
    return all(Role.COMPUTE).stream()
        .filter(member -> !member.isSilent() && member.state() == MemberState.ACTIVE)
        .filter(member -> member.info().slots() > 0)
        .sorted(Comparator.comparingDouble(Membership::loadPerSlot))
        .toList();
  }

  /// The channel to a member, opened when first asked for.
  Channel channel(Member member) {
    return channel(member, Deadline.after(timeout));
  }

  /// @param deadline for opening it
  Channel channel(Member member, Deadline deadline) {
    String address = member.info().address();
    synchronized (channels) {
      Channel open = channels.get(address);
      if (open != null) {
        return open;
      }
    }
    Channel opened =
        RpcClient.connect(
            ClusterFile.parseAddress(address),
            security.expecting(PeerName.Role.valueOf(member.info().role().name())),
            deadline);
    synchronized (channels) {
      Channel other = channels.putIfAbsent(address, opened);
      if (other == null) {
        return opened;
      }
      opened.close();
      return other;
    }
  }

  @Override
  public void close() {
    synchronized (channels) {
      channels.values().forEach(Channel::close);
      channels.clear();
    }
  }

  private static double loadPerSlot(Member member) {
    return (member.load().busySlots() + member.load().waiting()) / (double) member.info().slots();
  }
}
