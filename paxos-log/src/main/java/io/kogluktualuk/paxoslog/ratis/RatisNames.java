package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.paxoslog.api.LogPeer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;

/// Our names in the words of Ratis, and back.
final class RatisNames {

  private RatisNames() {}

  /// The same in all replicas of a log, in no other log.
  static RaftGroupId groupId(String clusterId, String log) {
    String name = clusterId + "/" + log;
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }

  static RaftPeer peer(LogPeer peer) {
    return RaftPeer.newBuilder().setId(peer.id()).setAddress(peer.address()).build();
  }

  static LogPeer peer(RaftPeer peer) {
    String address = peer.getAddress();
    int colon = address.lastIndexOf(':');
    return new LogPeer(
        peer.getId().toString(),
        address.substring(0, colon),
        Integer.parseInt(address.substring(colon + 1)));
  }

  /// In the order of their ids.
  static List<LogPeer> peers(Collection<RaftPeer> peers) {
    return peers.stream().map(RatisNames::peer).sorted(Comparator.comparing(LogPeer::id)).toList();
  }
}
