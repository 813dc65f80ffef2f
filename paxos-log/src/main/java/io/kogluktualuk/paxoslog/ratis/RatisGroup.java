package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.paxoslog.api.FollowerStatus;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// One log of a [RatisServer]: how it is asked.
///
/// **Threading:** any thread.
final class RatisGroup {

  private static final long CUT_MILLIS_MAX = 30_000;

  private final RatisServer server;
  private final RaftGroupId id;
  private final AppliedMachine machine;

  RatisGroup(RatisServer server, RaftGroupId id, AppliedMachine machine) {
    this.server = server;
    this.id = id;
    this.machine = machine;
  }

  RaftGroupId id() {
    return id;
  }

  AppliedMachine machine() {
    return machine;
  }

  RaftServer.Division division() {
    try {
      return server.server().getDivision(id);
    } catch (IOException e) {
      throw new Unavailable("replica " + server.self() + " is gone: " + e, e);
    }
  }

  /// This replica of this log, as Ratis calls it.
  String memberId() {
    return division().getMemberId().toString();
  }

  long nextCallId() {
    return server.nextCallId();
  }

  boolean isSelf(RaftPeerId replica) {
    return server.self().equals(replica);
  }

  /// Has a replica append an entry. The same call id may be sent again, to any replica: while
  /// they remember it the entry is appended once.
  CompletableFuture<RaftClientReply> submit(RaftPeerId leader, long callId, Message entry) {
    RaftClientRequest request =
        request(leader, callId)
            .setMessage(entry)
            .setType(RaftClientRequest.writeRequestType())
            .build();
    return isSelf(leader) ? ask(request) : send(request);
  }

  /// Waits until this replica has applied what is agreed on now.
  CompletableFuture<RaftClientReply> readIndex() {
    return ask(
        request(server.self(), nextCallId())
            .setMessage(Message.EMPTY)
            .setType(RaftClientRequest.readRequestType())
            .build());
  }

  /// Has the leader change the members; done when the new ones have caught up.
  CompletableFuture<RaftClientReply> configure(RaftPeerId leader, List<LogPeer> members) {
    List<RaftPeer> peers = members.stream().map(RatisNames::peer).toList();
    SetConfigurationRequest request =
        new SetConfigurationRequest(server.clientId(), leader, id, nextCallId(), peers);
    try {
      return isSelf(leader) ? server.server().setConfigurationAsync(request) : sendAndWait(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Has the leader make another the leader.
  CompletableFuture<RaftClientReply> transfer(RaftPeerId leader, RaftPeerId next, long millis) {
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(server.clientId(), leader, id, nextCallId(), next, millis);
    try {
      return isSelf(leader)
          ? server.server().transferLeadershipAsync(request)
          : sendAndWait(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Makes the announced snapshot the latest and deletes the log before it.
  void cutLog() throws IOException {
    server
        .server()
        .snapshotManagement(
            SnapshotManagementRequest.newCreate(
                server.clientId(),
                server.self(),
                id,
                nextCallId(),
                CUT_MILLIS_MAX,
                1)); // however few entries it is ahead of the last
  }

  List<LogPeer> peers() {
    return RatisNames.peers(division().getRaftConf().getCurrentPeers());
  }

  /// Whether the log counts this replica among its members, as far as this one knows.
  boolean isMember() {
    return division().getRaftConf().getPeer(server.self()) != null;
  }

  String address() {
    return server.address();
  }

  /// How far the followers are, when this replica leads.
  List<FollowerStatus> followers(DivisionInfo info) {
    long[] matches = info.getFollowerMatchIndices();
    List<ServerRpcProto> followers = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    List<FollowerStatus> found = new ArrayList<>();
    if (matches == null || matches.length != followers.size()) {
      return found; // not the leader, or the members are changing just now
    }
    long last = division().getRaftLog().getLastCommittedIndex();
    for (int i = 0; i < matches.length; i++) {
      found.add(
          new FollowerStatus(
              followers.get(i).getId().getId().toStringUtf8(),
              matches[i],
              Math.max(0, last - matches[i]),
              followers.get(i).getLastRpcElapsedTimeMs()));
    }
    return found;
  }

  private RaftClientRequest.Builder request(RaftPeerId target, long callId) {
    return RaftClientRequest.newBuilder()
        .setClientId(server.clientId())
        .setServerId(target)
        .setGroupId(id)
        .setCallId(callId);
  }

  /// Asks the log in this process on this very thread: the server would hand the request to
  /// another and wait for that one.
  private CompletableFuture<RaftClientReply> ask(RaftClientRequest request) {
    try {
      return division() instanceof RaftClientAsynchronousProtocol direct
          ? direct.submitClientRequestAsync(request)
          : server.server().submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<RaftClientReply> send(RaftClientRequest request) {
    RaftPeer leader = leaderPeer(request.getServerId());
    if (leader == null) {
      return CompletableFuture.failedFuture(
          new ConnectException("the address of " + request.getServerId() + " is unknown"));
    }
    server.rpc().addRaftPeers(leader);
    return server
        .rpc()
        .sendRequestAsyncUnordered(request)
        .whenComplete((_, problem) -> onFailed(request.getServerId(), problem));
  }

  /// Gives up a connection on which a request failed.
  ///
  /// Ratis waits for seconds until such a connection is closed. A request that was not answered in
  /// time is failed by the one thread that minds all of its times, those of the log's own
  /// requests to followers too; so the waiting is done by another.
  private void onFailed(RaftPeerId replica, @Nullable Throwable problem) {
    if (problem != null) {
      Thread.ofVirtual()
          .name("paxos-log-disconnect")
          .start(() -> server.rpc().handleException(replica, RatisFaults.unwrap(problem), true));
    }
  }

  /// Changes of members and leaders travel as blocking calls only; each ends within seconds.
  private CompletableFuture<RaftClientReply> sendAndWait(RaftClientRequest request)
      throws IOException {
    RaftPeer leader = leaderPeer(request.getServerId());
    if (leader != null) {
      server.rpc().addRaftPeers(leader);
    }
    return CompletableFuture.completedFuture(server.rpc().sendRequest(request));
  }

  private @Nullable RaftPeer leaderPeer(RaftPeerId replica) {
    return division().getRaftConf().getPeer(replica);
  }
}
