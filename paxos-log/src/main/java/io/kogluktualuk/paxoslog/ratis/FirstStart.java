package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;

/// Finds out whether a replica with an empty folder may begin under its id, or has lost its disk.
///
/// It may when a leader says that it never kept the log, or when all the others are as blank as
/// it is: then the log is being formed. It may not when any other remembers it. While others are
/// silent it cannot be known: the one that is silent may be the one that remembers.
///
/// **Threading:** one thread.
final class FirstStart {

  /// What others answer: it has kept the log; it has not, and that is certain; nothing was ever
  /// written.
  static final String KEPT = "kept";

  static final String NEW = "new";
  static final String BLANK = "blank";
  private static final String UNKNOWN = "";

  private static final long ANSWER_MILLIS_MAX = 1000;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final LogHostSettings settings;
  private final RatisServer server;
  private final RaftGroupId group;

  FirstStart(LogHostSettings settings, RatisServer server, RaftGroupId group) {
    this.settings = settings;
    this.server = server;
    this.group = group;
  }

  /// @throws io.kogluktualuk.fabric.fault.Conflict when this replica has kept the log before
  /// @throws Unavailable when it cannot be found out in time
  void check(LogFolder folder) {
    List<LogPeer> others =
        settings.peers().stream().filter(peer -> !peer.id().equals(settings.nodeId())).toList();
    if (others.isEmpty()) {
      return;
    }
    others.forEach(peer -> server.rpc().addRaftPeers(RatisNames.peer(peer)));
    Deadline deadline = Deadline.after(settings.startTimeout());
    while (true) {
      List<String> answers = others.stream().map(this::ask).toList();
      if (answers.contains(KEPT)) {
        throw Keepers.lost(settings.nodeId(), folder);
      }
      boolean isFormed = answers.contains(NEW);
      boolean isForming = !settings.isJoining() && answers.stream().allMatch(BLANK::equals);
      if (isFormed || isForming) {
        return;
      }
      if (deadline.hasPassed() || Thread.currentThread().isInterrupted()) {
        throw new Unavailable(
            "replica "
                + settings.nodeId()
                + " has an empty folder and could not find out within "
                + settings.startTimeout()
                + " whether it has kept the log before: "
                + others
                + " did not all answer, and none of them leads");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private String ask(LogPeer other) {
    String certain = ask(other, RaftClientRequest.readRequestType());
    return certain.equals(UNKNOWN)
        ? ask(other, RaftClientRequest.staleReadRequestType(-1)) // whatever it has
        : certain;
  }

  private String ask(LogPeer other, RaftClientRequest.Type type) {
    RaftPeerId id = RaftPeerId.valueOf(other.id());
    try {
      RaftClientReply reply =
          server
              .rpc()
              .sendRequestAsyncUnordered(
                  RaftClientRequest.newBuilder()
                      .setClientId(server.clientId())
                      .setServerId(id)
                      .setGroupId(group)
                      .setCallId(server.nextCallId())
                      .setMessage(Keepers.question(settings.nodeId()))
                      .setType(type)
                      .build())
              .get(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS);
      return reply.getException() == null
          ? reply.getMessage().getContent().toStringUtf8()
          : answer(reply.getException());
    } catch (ExecutionException e) {
      Throwable problem = RatisFaults.unwrap(e);
      server.rpc().handleException(id, problem, true);
      return answer(problem);
    } catch (TimeoutException _) {
      return UNKNOWN;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }

  private static String answer(Throwable problem) {
    return problem instanceof GroupMismatchException ? BLANK : UNKNOWN;
  }
}
